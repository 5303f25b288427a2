import { fnv1a64 } from '../../lib/fnv1a.ts';
import { shapeHash } from '../../model/shape-hash.ts';
import type { Model, WireValue } from '../../model/types.ts';
import { kvKeyPart, MAX_KV_KEY_BYTES, shortHash } from '../../shards/kv-key.ts';
import type { CompiledPlan } from '../../shards/plan/compiled-plan.ts';
import type { PlanNode } from '../../shards/plan/node.ts';
import type { PlanValue } from '../../shards/plan/value.ts';
import type { ShardKey } from '../../shards/shard-key.ts';
import { rowBucket, type StampDependency, valueBucket } from '../../shards/stamps.ts';
import { type EntryKind, entryKind } from './entry-kind.ts';

/** How long an answer may be kept. */
export interface EntryLife {
  readonly ttlMs: number;
  readonly swrMs: number;
}

/** Names the cached answer to one key of a read: equal if and only if the questions mean the same. */
export interface EntryKey {
  /** Identifies the entry inside the isolate. Canonical, of any length. */
  readonly text: string;
  readonly kind: EntryKind['kind'];
  /** Type of the table that the answer's own rows are of. */
  readonly table: string;
  /** Types of all tables that the answer depends on. */
  readonly tables: readonly string[];
  /** Null: the answer is of all shards, and no stamps cover it. */
  readonly shardKey: ShardKey | null;
  readonly dependencies: readonly StampDependency[];
  /** How long an answer may be kept, by the policies of its tables as they are now. */
  readonly life: EntryLife;
  /**
   * Name in Workers KV, at most 512 bytes: `<shard key>/t:<table>:id:<pk>@<shape>`, `<shard key>/idx:<table>:<columns>:<values>:<hash>@<shape>`
   * or `<shard key>/q:<table>:<hash>@<shape>`. The shape is that of all tables involved: an entry of another model is not found.
   */
  kvKey(): Promise<string>;
}

/** What all keys of a read share; made once per read. */
export class EntryKeyMaker {
  readonly kind: EntryKind;
  readonly #model: Model;
  readonly #node: PlanNode;
  /** Null for rows, which serve every plan that reads one. */
  readonly #question: string | null;
  readonly #tables: readonly string[];
  readonly #life: EntryLife;

  constructor(model: Model, plan: CompiledPlan, values: readonly PlanValue[], isKeyed: boolean) {
    this.#model = model;
    this.#node = plan.node;
    const { life, kind, scatterKind } = plan.derived(factsOf, model);
    this.kind = isKeyed ? kind : scatterKind;
    this.#question = this.kind.kind === 'row' ? null : `[${plan.text},${JSON.stringify(values)}]`;
    this.#tables = plan.tables;
    this.#life = life;
  }

  /** `shardKey`: null for all shards. */
  make(key: readonly WireValue[], shardKey: ShardKey | null): EntryKey {
    const { table } = this.#node;
    const values = this.#orderedValues(key);
    // Each part ends where its JSON does, so no separator is needed.
    const text = `${this.kind.kind} ${JSON.stringify([table, shardKey, values])}${this.#question ?? ''}`;
    let kvKey: Promise<string> | undefined;
    return {
      text,
      kind: this.kind.kind,
      table,
      tables: this.#tables,
      shardKey,
      dependencies: shardKey === null ? [] : this.#dependencies(values),
      life: this.#life,
      kvKey: () => {
        kvKey ??= this.#kvKey(values, shardKey);
        return kvKey;
      },
    };
  }

  /** The key's values in the order of the primary key or of the column set, so that the order of `match` does not matter. */
  #orderedValues(key: readonly WireValue[]): readonly WireValue[] {
    const { match, table } = this.#node;
    switch (this.kind.kind) {
      case 'row':
        return this.#model.table(table).primaryKey.names.map((name) => key[match.indexOf(name)]!);
      case 'lookup':
        return this.kind.columns.map((name) => key[match.indexOf(name)]!);
      case 'plan':
        return key;
    }
  }

  #dependencies(values: readonly WireValue[]): StampDependency[] {
    const { table } = this.#node;
    switch (this.kind.kind) {
      case 'row':
        return [{ table, bucket: rowBucket(values) }];
      case 'lookup':
        return [{ table, bucket: valueBucket(this.kind.columns, values) }];
      case 'plan':
        return this.#tables.map((each) => ({ table: each, bucket: null }));
    }
  }

  async #kvKey(values: readonly WireValue[], shardKey: ShardKey | null): Promise<string> {
    const place = shardKey === null ? '*' : await kvKeyPart(shardKey);
    const name = await this.#kvName(values);
    const shape = fnv1a64(this.#tables.map((table) => shapeHash(this.#model.table(table))).join());
    const key = `${place}/${name}@${shape}`;
    // Everything in it is ASCII: a character is a byte.
    return key.length <= MAX_KV_KEY_BYTES ? key : `${place}/~${await shortHash(key)}`;
  }

  async #kvName(values: readonly WireValue[]): Promise<string> {
    const table = await kvKeyPart(this.#node.table);
    switch (this.kind.kind) {
      case 'row':
        return `t:${table}:id:${await joinParts(values)}`;
      case 'lookup':
        return `idx:${table}:${await joinParts(this.kind.columns)}:${await joinParts(values)}:${await shortHash(this.#question!)}`;
      case 'plan':
        return `q:${table}:${await shortHash(JSON.stringify([this.#question, values]))}`;
    }
  }
}

/** What depends on plan and model alone. */
interface PlanFacts {
  /** Of keyed reads, and of scatters. */
  readonly kind: EntryKind;
  readonly scatterKind: EntryKind;
  readonly life: EntryLife;
}

const factsOf = ({ node, tables }: CompiledPlan, model: Model): PlanFacts => ({
  kind: entryKind(model, node, true),
  scatterKind: entryKind(model, node, false),
  life: entryLife(model, tables),
});

/** How long answers to a plan are kept. */
export const entryLifeOf = (plan: CompiledPlan, model: Model): EntryLife => plan.derived(factsOf, model).life;

/** The least that the policies of the tables involved allow. */
function entryLife(model: Model, tables: readonly string[]): EntryLife {
  const policies = tables.map((table) => model.table(table).cache);
  return {
    ttlMs: 1_000 * Math.min(...policies.map(({ ttlSeconds }) => ttlSeconds)),
    swrMs: 1_000 * Math.min(...policies.map(({ swrSeconds }) => swrSeconds)),
  };
}

/** The columns behind the values have one type each, so equal texts are equal values; no value's text is that of NULL. */
async function joinParts(values: readonly WireValue[]): Promise<string> {
  const parts = values.map((value) => (value === null ? Promise.resolve(':null') : kvKeyPart(String(value))));
  return (await Promise.all(parts)).join(',');
}
