import type { WireValue } from '../../../../model/types.ts';
import { ShardQLError } from '../../../errors.ts';
import { MAX_ROW_BYTES } from '../../../limits.ts';
import type { PlanValue } from '../../../plan/value.ts';
import type { ShardKey } from '../../../shard-key.ts';
import type { KeySet } from './key-set.ts';

/** What the parameters of one execution are taken from. */
export interface Scope {
  readonly values: readonly PlanValue[];
  readonly keys: KeySet;
  /** Canonical shard keys the node is confined to; null for no confinement. */
  readonly shardKeys: readonly ShardKey[] | null;
  /** Per text predicate that JavaScript decides: JSON list of the column values it holds for. */
  readonly decided: readonly string[];
  /** Per key of a grouping, JSON list of the spans `[from, to, offset]` of its time zone; empty for others. */
  readonly zoneSpans?: readonly string[];
}

/** Gives a parameter its value. Numbers bind as REAL, texts as TEXT. */
type Binding = (scope: Scope) => WireValue;

/** Parameters beyond this many travel in one JSON parameter: the platform allows 100 in all. */
const MAX_DIRECT_PARAMETERS = 90;

/** The parameters of one statement, in order of first use; equal ids share a parameter. */
export class Parameters {
  readonly #sqlById = new Map<string, string>();
  readonly #direct: Binding[] = [];
  readonly #spilled: Binding[] = [];

  /** SQL of the parameter `id`. */
  use(id: string, binding: Binding): string {
    const known = this.#sqlById.get(id);
    if (known !== undefined) return known;
    const sql = this.#allocate(binding);
    this.#sqlById.set(id, sql);
    return sql;
  }

  /** How many the statement takes. */
  get count(): number {
    return this.#direct.length + (this.#spilled.length > 0 ? 1 : 0);
  }

  bind(scope: Scope): WireValue[] {
    const values = this.#direct.map((binding) => checkSize(binding(scope)));
    if (this.#spilled.length > 0) {
      values.push(checkSize(JSON.stringify(this.#spilled.map((binding) => binding(scope)))));
    }
    return values;
  }

  #allocate(binding: Binding): string {
    if (this.#direct.length < MAX_DIRECT_PARAMETERS) return `?${this.#direct.push(binding)}`;
    return `(?${MAX_DIRECT_PARAMETERS + 1} ->> ${this.#spilled.push(binding) - 1})`;
  }
}

const encoder = new TextEncoder();

/** Production binds at most `MAX_ROW_BYTES` per value; a UTF-16 code unit takes at most three bytes. */
function checkSize(value: WireValue): WireValue {
  if (typeof value !== 'string' || value.length * 3 <= MAX_ROW_BYTES) return value;
  const size = encoder.encode(value).length;
  if (size <= MAX_ROW_BYTES) return value;
  throw new ShardQLError(
    'BAD_USER_INPUT',
    `Expected values and lists of values of at most ${MAX_ROW_BYTES} bytes, but got ${size}. Split the request.`,
  );
}
