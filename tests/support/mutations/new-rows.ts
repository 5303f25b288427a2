/** What `createXs` and `upsertXs` do. */
import { type Answer, seen, single } from './answer.ts';
import { conflictKeyOf } from './arguments.ts';
import { relationsIn } from './inputs.ts';
import { missing, type NestedWrites } from './nested-writes.ts';
import type { Bulk, NewRow } from './operation.ts';
import { columnsIn, followed, Refused, type Rows, Unspecified } from './rows.ts';
import { type Row, SHAPES, type Value } from './shapes.ts';

type BulkOfRows = Extract<Bulk, { rows: unknown }>;

export class NewRows {
  readonly #rows: Rows;
  readonly #nested: NestedWrites;
  readonly #shardOf: (tenant: string) => number;

  constructor(rows: Rows, nested: NestedWrites, shardOf: (tenant: string) => number) {
    this.#rows = rows;
    this.#nested = nested;
    this.#shardOf = shardOf;
  }

  /** Each shard writes its rows or none. */
  ofShards(operation: BulkOfRows): Answer {
    const places = new Map<number, number[]>();
    for (const [index, { tenant }] of operation.rows.entries()) {
      const shard = this.#shardOf(tenant);
      places.set(shard, [...(places.get(shard) ?? []), index]);
    }
    const rows: (Row | null)[] = [];
    const results: Answer['results'][number][] = [];
    const wrongs: string[] = [];
    for (const indexes of places.values()) {
      try {
        const chosen = indexes.map((index) => operation.rows[index]!);
        const work = () => seen(this.#rows, operation.type, this.of(operation, chosen));
        const done = this.#rows.attempt(work, !operation.dryRun);
        for (const [at, index] of indexes.entries()) {
          rows[index] = done.rows[at]!;
          results[index] = done.results[at]!;
        }
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        wrongs.push(...error.codes);
        for (const index of indexes) {
          rows[index] = null;
          results[index] = { outcome: 'FAILED', codes: error.codes };
        }
      }
    }
    if (results.length > 0 && results.every(({ outcome }) => outcome === 'FAILED')) throw new Refused(...wrongs);
    return { rows, results };
  }

  /** All of them, or none. */
  of(operation: BulkOfRows, given: readonly NewRow[]): Answer {
    const wrongs: string[] = [];
    const answers = given.map((row): Answer | null => {
      try {
        return this.#newRow(operation, row);
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        wrongs.push(...error.codes);
        return null;
      }
    });
    if (wrongs.length > 0) throw new Refused(...wrongs);
    return {
      rows: answers.map((answer) => answer!.rows[0]!),
      results: answers.map((answer) => answer!.results[0]!),
    };
  }

  #newRow(operation: BulkOfRows, { tenant, data, expects }: NewRow): Answer {
    const { type } = operation;
    const onConflict = operation.kind === 'upsertMany' ? 'UPDATE' : (operation.onConflict ?? 'ERROR');
    const values = columnsIn(type, data);
    const insert = () => single('INSERTED', this.#nested.create(type, tenant, data));
    if (onConflict === 'ERROR') return insert();
    const { keys } = SHAPES[type];
    const key = conflictKeyOf(operation);
    const named = key === null ? keys : [key];
    const isTree = relationsIn(type, data).length > 0;
    // Who expects a version has to name a row.
    if (isTree && expects !== 'none' && key?.columns.some((name) => values[name] === null)) throw new Unspecified();
    const asked = { tenantId: tenant, deletedAt: null, ...values };
    const other = named.map((key) => this.#rows.sameKey(type, key, asked, null)).find((row) => row !== undefined);
    if (other === undefined) {
      if (expects !== 'none') this.#nested.toChange(type, tenant, missing, data);
      return insert();
    }
    if (onConflict === 'IGNORE') {
      // Whether a row that is ignored must be sound is not said.
      const whole: Record<string, Value> = { ...asked };
      for (const [name, { fallback = null }] of Object.entries(SHAPES[type].columns)) whole[name] ??= fallback;
      const wrongs = new Set(this.#rows.violations(type, whole, null));
      wrongs.delete('UNIQUE_VIOLATION');
      if (wrongs.size > 0 || (other.deletedAt ?? null) !== null) throw new Unspecified();
      return { rows: [null], results: [{ outcome: 'IGNORED' }] };
    }
    const fixed = [...keys[0].columns, ...key!.columns];
    const given = Object.fromEntries(Object.entries(values).filter(([name]) => !fixed.includes(name)));
    const set = followed(type, given);
    if ((other.deletedAt ?? null) !== null) throw new Refused('UNIQUE_VIOLATION');
    const known = Object.fromEntries(key!.columns.map((name) => [name, values[name]]));
    this.#rows.requireVersion({ type, tenant, values: known, expects }, other);
    const isChange = Object.entries(set).some(([name, value]) => JSON.stringify(other[name]) !== JSON.stringify(value));
    if (!isChange) return single('UNCHANGED', other);
    return single('UPDATED', this.#rows.set(type, other, set));
  }
}
