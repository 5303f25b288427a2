/** What a mutation does and answers, worked out in plain JavaScript from the documentation. */

import { conflictKeyOf, refuseAbsurd, refuseAbsurdStep, seenEarly } from './arguments.ts';
import { applyAtomic } from './atomic.ts';
import { flat, refersAnew, relationsIn } from './inputs.ts';
import { missing, NestedWrites } from './nested-writes.ts';
import type { Bulk, Changes, Expectation, NewRow, Operation, Single, Step } from './operation.ts';
import { columnsIn, isLive, Refused, Rows, Unspecified, WRONG_VERSION } from './rows.ts';
import { type Row, SHAPES, type Type, type Value } from './shapes.ts';
import { isMatch } from './where.ts';

export type RowOutcome = 'INSERTED' | 'UPDATED' | 'UNCHANGED' | 'DELETED' | 'IGNORED' | 'FAILED';

/** What is answered. Of several rows, `results` are by index. */
export interface Answer {
  /** Null: one that is not answered. Rows of an operation on one row: one. */
  readonly rows: readonly (Row | null)[];
  readonly results: readonly { readonly outcome: RowOutcome; readonly codes?: readonly string[] }[];
  /** The rows are shown as they were before the operation, not as they are in the end. */
  readonly isOfBefore?: true;
}

export type Outcome =
  | { readonly status: 'OK'; readonly answers: readonly Answer[] }
  | { readonly status: 'REFUSED'; readonly codes: readonly string[] };

interface NamedRow {
  readonly type: Type;
  readonly tenant: string;
  readonly by: Value;
  readonly expects: Expectation;
}

export class Oracle {
  readonly rows = new Rows();
  readonly #nested = new NestedWrites(this.rows);
  readonly #shardOf: (tenant: string) => number;

  /** @param shardOf the shard that a tenant's rows are on. */
  constructor(shardOf: (tenant: string) => number) {
    this.#shardOf = shardOf;
  }

  /** Does it to the rows of the oracle. @throws Unspecified */
  run(operation: Operation): Outcome {
    this.rows.begin();
    if (operation.kind === 'wrong') return { status: 'REFUSED', codes: [operation.code] };
    const early = seenEarly(operation) ? ['NOT_NULL_VIOLATION'] : [];
    try {
      const answers = this.#answersTo(operation);
      // In a branch that is not taken it may be refused or not.
      if (early.length > 0) throw new Unspecified();
      return { status: 'OK', answers };
    } catch (error) {
      if (error instanceof Refused) return { status: 'REFUSED', codes: [...error.codes, ...early] };
      throw error;
    }
  }

  /** What it would do. @throws Unspecified */
  foresee(operation: Operation): Outcome {
    return this.rows.attempt(() => this.run(operation), false);
  }

  #answersTo(operation: Exclude<Operation, { kind: 'wrong' }>): readonly Answer[] {
    switch (operation.kind) {
      case 'transaction':
        return this.rows.attempt(() => this.#transaction(operation.steps));
      case 'createMany':
      case 'upsertMany':
        return [this.#manyOfShards(operation)];
      default:
        refuseAbsurd(operation);
        return [this.rows.attempt(() => this.#seen(this.#one(operation), operation.type), !isDry(operation))];
    }
  }

  /** The rows as they are in the end. */
  #seen(answer: Answer, type: Type): Answer {
    if (answer.isOfBefore) return answer;
    const now = answer.rows.map((row) => row && (this.rows.now(type, row) ?? null));
    return { ...answer, rows: now.map((row) => (row && isLive(row) ? row : null)) };
  }

  #transaction(steps: readonly Step[]): Answer[] {
    for (const step of steps) refuseAbsurdStep(step);
    const named = new Map<string, readonly [Type, Row]>();
    const answers = steps.map(({ operation, as, refs }) => {
      const given = Object.fromEntries(
        refs.map((ref) => [ref.column, this.#referred(named.get(ref.from)!, ref.field)]),
      );
      const answer = 'rows' in operation ? this.#many(operation, operation.rows) : this.#one(operation, given);
      if (as !== null) named.set(as, [operation.type, answer.rows[0]!]);
      return answer;
    });
    return answers.map((answer, index) => this.#seen(answer, steps[index]!.operation.type));
  }

  /** The value that a column has by now. */
  #referred([type, row]: readonly [Type, Row], field: string): Value {
    if (SHAPES[type].keys[0].columns.includes(field)) return row[field];
    const now = this.rows.now(type, row);
    if (now === undefined) throw new Refused('BAD_USER_INPUT');
    return now[field];
  }

  #one(operation: Exclude<Single | Bulk, { rows: unknown }>, given: Row = {}): Answer {
    switch (operation.kind) {
      case 'create': {
        const { type, tenant, data } = operation;
        return single('INSERTED', this.#nested.create(type, tenant, data, given));
      }
      case 'updateMany':
      case 'deleteMany':
        return this.#ofRowsFound(operation);
      case 'upsert': {
        const { type, tenant, by, create, expects } = operation;
        if (this.#nested.find(type, tenant, by) === undefined) {
          if (expects !== 'none') this.#nested.toChange(type, tenant, missing, create);
          return single('INSERTED', this.#nested.createMissing(type, tenant, { by, create }, given));
        }
        return this.#update(operation, { data: operation.update, atomic: operation.atomic }, {});
      }
      case 'update':
        return this.#update(operation, operation, given);
      case 'delete': {
        const row = this.#named(operation);
        this.rows.remove(operation.type, row);
        return gone(row);
      }
      case 'purge': {
        const row = this.#deleted(operation);
        this.rows.purge(operation.type, row);
        return gone(row);
      }
      case 'restore':
        return single('UPDATED', this.rows.restore(operation.type, this.#deleted(operation)));
    }
  }

  #update(operation: NamedRow, { data, atomic }: Changes, given: Row): Answer {
    const { type, tenant } = operation;
    const row = this.#nested.toChange(type, tenant, () => this.#named(operation), data ?? {});
    const isSet = Object.keys({ ...columnsIn(type, data), ...given, ...atomic }).length > 0 || refersAnew(type, data);
    const updated = this.#nested.update(type, row, { data, atomic }, given);
    return single(isSet ? 'UPDATED' : 'UNCHANGED', updated);
  }

  #ofRowsFound(operation: Extract<Bulk, { where: unknown }>): Answer {
    const { type, tenant, where, atMost } = operation;
    if (operation.kind === 'updateMany' && Object.keys({ ...operation.data, ...operation.atomic }).length === 0)
      throw new Refused('BAD_USER_INPUT');
    const found = this.rows.live(type, tenant).filter((row) => isMatch(row, where));
    if (found.length > atMost) throw new Refused('BAD_USER_INPUT');
    const isDelete = operation.kind === 'deleteMany';
    for (let left = found; left.length > 0; ) {
      const wrongs: string[] = [];
      const failed = left.filter((row) => {
        try {
          // One of them may have gone with another.
          if (!isDelete) this.rows.set(type, row, this.#changed(operation, row));
          else if (this.rows.now(type, row) === row) this.rows.remove(type, row);
          return false;
        } catch (error) {
          if (!(error instanceof Refused)) throw error;
          wrongs.push(...error.codes);
          return true;
        }
      });
      // Each has to find its unique values free, once others have given them up.
      const mayPass = failed.length < left.length && wrongs.every((code) => code === 'UNIQUE_VIOLATION');
      if (failed.length > 0 && !mayPass) throw new Refused(...wrongs);
      left = failed;
    }
    const outcome = isDelete ? 'DELETED' : 'UPDATED';
    return { rows: found, results: found.map(() => ({ outcome })), ...(isDelete && { isOfBefore: true }) };
  }

  #changed({ type, data, atomic }: Bulk & { readonly kind: 'updateMany' }, row: Row): Row {
    return { ...columnsIn(type, data), ...applyAtomic(type, row, atomic) };
  }

  /** Each shard writes its rows or none. */
  #manyOfShards(operation: Extract<Bulk, { rows: unknown }>): Answer {
    refuseAbsurd(operation);
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
        const work = () => this.#seen(this.#many(operation, chosen), operation.type);
        const done = this.rows.attempt(work, !operation.dryRun);
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

  #many(operation: Extract<Bulk, { rows: unknown }>, given: readonly NewRow[]): Answer {
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

  #newRow(operation: Extract<Bulk, { rows: unknown }>, { tenant, data, expects }: NewRow): Answer {
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
    const other = named.map((key) => this.rows.sameKey(type, key, asked, null)).find((row) => row !== undefined);
    if (other === undefined) {
      if (expects !== 'none') this.#nested.toChange(type, tenant, missing, data);
      return insert();
    }
    if (onConflict === 'IGNORE') {
      // Whether a row that is ignored must be sound is not said.
      const whole: Record<string, Value> = { ...asked };
      for (const [name, { fallback = null }] of Object.entries(SHAPES[type].columns)) whole[name] ??= fallback;
      const wrongs = new Set(this.rows.violations(type, whole, null));
      wrongs.delete('UNIQUE_VIOLATION');
      if (wrongs.size > 0 || (other.deletedAt ?? null) !== null) throw new Unspecified();
      return { rows: [null], results: [{ outcome: 'IGNORED' }] };
    }
    const fixed = [...keys[0].columns, ...key!.columns];
    const set = Object.fromEntries(Object.entries(values).filter(([name]) => !fixed.includes(name)));
    if ((other.deletedAt ?? null) !== null) throw new Refused('UNIQUE_VIOLATION');
    const known = Object.fromEntries(key!.columns.map((name) => [name, values[name]]));
    this.#requireVersion({ type, tenant, expects }, other, known);
    const isChange = Object.entries(set).some(([name, value]) => JSON.stringify(other[name]) !== JSON.stringify(value));
    if (!isChange) return single('UNCHANGED', other);
    return single('UPDATED', this.rows.set(type, other, set));
  }

  #named(operation: NamedRow): Row {
    const { type, tenant, by } = operation;
    const row = this.#nested.need(type, tenant, by);
    this.#requireVersion(operation, row, flat(by));
    return row;
  }

  #deleted(operation: NamedRow): Row {
    const { type, tenant, by } = operation;
    const values = Object.entries(flat(by));
    const found = this.rows
      .of(type, tenant)
      .filter((row) => row.deletedAt !== null && values.every(([name, value]) => row[name] === value));
    if (found.length > 1) throw new Unspecified();
    const row = found[0] ?? missing();
    this.#requireVersion(operation, row, flat(by), true);
    return row;
  }

  /** @param values by which a client knows the row. */
  #requireVersion(
    { type, tenant, expects }: Pick<NamedRow, 'type' | 'tenant' | 'expects'>,
    row: Row,
    values: Row,
    isDeleted = false,
  ): void {
    if (expects === 'none') return;
    const known = expects === 'current' ? this.rows.knownVersion(type, tenant, values, isDeleted) : null;
    if (this.rows.versionBefore(type, row) !== (known ?? WRONG_VERSION)) throw new Refused('CONFLICT');
  }
}

const single = (outcome: RowOutcome, row: Row): Answer => ({ rows: [row], results: [{ outcome }] });
const gone = (row: Row): Answer => ({ ...single('DELETED', row), isOfBefore: true });

const isDry = (operation: Single | Bulk): boolean => 'dryRun' in operation && operation.dryRun;
