/** What a mutation does and answers, worked out in plain JavaScript from the documentation. */
import { applyAtomic } from './atomic.ts';
import type { Bulk, Expectation, NewRow, Operation, Single, Step } from './operation.ts';
import { flat, isAbsurd, isContrary, lacksValue, missing, NestedWrites } from './relations.ts';
import { columnsIn, isLive, NEW_VERSION, Refused, Rows, Unspecified } from './rows.ts';
import { type Row, SHAPES, type Type, type Value } from './shapes.ts';
import { isMatch } from './where.ts';

export type RowOutcome = 'INSERTED' | 'UPDATED' | 'UNCHANGED' | 'DELETED' | 'IGNORED' | 'FAILED';

/** What is answered. Of several rows, `results` are by index. */
export interface Answer {
  /** Null: one that is not answered. Rows of an operation on one row: one. */
  readonly rows: readonly (Row | null)[];
  readonly results: readonly { readonly outcome: RowOutcome; readonly codes?: readonly string[] }[];
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
        return this.rows.attempt(() => this.#transaction(operation.tenant, operation.steps));
      case 'createMany':
      case 'upsertMany':
        return [this.#manyOfShards(operation)];
      default:
        return [this.rows.attempt(() => this.#one(operation), !('dryRun' in operation && operation.dryRun))];
    }
  }

  #transaction(tenant: string, steps: readonly Step[]): Answer[] {
    for (const { operation } of steps) refuseAbsurd(operation);
    const rowByName = new Map<string, Row>();
    return steps.map(({ operation, as, refs }) => {
      const given = Object.fromEntries(refs.map(({ column, from, field }) => [column, rowByName.get(from)![field]]));
      const answer =
        operation.kind === 'createMany' || operation.kind === 'upsertMany'
          ? this.#many(
              operation,
              operation.rows.filter((row) => row.tenant === tenant),
            )
          : this.#one(operation, given);
      if (as !== null) rowByName.set(as, answer.rows[0]!);
      return answer;
    });
  }

  #one(operation: Exclude<Single | Bulk, { rows: unknown }>, given: Row = {}): Answer {
    refuseAbsurd(operation);
    switch (operation.kind) {
      case 'create':
        return this.#shown(
          'INSERTED',
          operation.type,
          this.#nested.create(operation.type, operation.tenant, operation.data, given),
        );
      case 'updateMany':
      case 'deleteMany':
        return this.#ofRowsFound(operation);
      case 'upsert': {
        const { type, tenant, by, create, expects } = operation;
        if (this.#nested.find(type, tenant, by) === undefined) {
          if (expects !== 'none') this.#nested.toChange(type, tenant, missing, create);
          return this.#shown('INSERTED', type, this.#nested.createMissing(type, tenant, { by, create }, given));
        }
        return this.#update(operation, { data: operation.update, atomic: operation.atomic }, {});
      }
      case 'update':
        return this.#update(operation, operation, given);
      case 'delete': {
        const row = this.#named(operation);
        this.rows.remove(operation.type, row);
        return single('DELETED', row);
      }
      case 'purge': {
        const row = this.#deleted(operation);
        this.rows.purge(operation.type, row);
        return single('DELETED', row);
      }
      case 'restore':
        return single('UPDATED', this.rows.restore(operation.type, this.#deleted(operation)));
    }
  }

  #update(operation: NamedRow, { data, atomic }: { readonly data: Value; readonly atomic: Value }, given: Row): Answer {
    const { type, tenant, expects } = operation;
    const row = this.#nested.toChange(type, tenant, () => this.#named(operation), data ?? {});
    // Which version is meant of a row that is written before by its own nested writes is not said.
    if (expects !== 'none' && this.#changesWith(type, row, () => this.#nested.refer(type, tenant, data ?? {})))
      throw new Unspecified();
    const changes = { ...given, ...applyAtomic(operation.type, row, atomic) };
    const isSet = Object.keys({ ...columnsIn(operation.type, data), ...changes }).length > 0;
    const updated = this.#nested.update(operation.type, row, data ?? {}, changes);
    return this.#shown(isSet ? 'UPDATED' : 'UNCHANGED', operation.type, updated);
  }

  /** Null: what was nested has taken the row away. */
  #shown(outcome: RowOutcome, type: Type, row: Row): Answer {
    const now = this.rows.now(type, row);
    return { rows: [now && isLive(now) ? now : null], results: [{ outcome }] };
  }

  #ofRowsFound(operation: Extract<Bulk, { where: unknown }>): Answer {
    const { type, tenant, where, atMost } = operation;
    if (operation.kind === 'updateMany' && Object.keys({ ...operation.data, ...operation.atomic }).length === 0)
      throw new Refused('BAD_USER_INPUT');
    const found = this.rows.live(type, tenant).filter((row) => isMatch(row, where));
    if (found.length > atMost) throw new Refused('BAD_USER_INPUT');
    const wrongs: string[] = [];
    const answers = found.map((row): Answer | null => {
      try {
        if (operation.kind === 'deleteMany') {
          // One of them may have gone with another.
          if (this.rows.now(type, row) === row) this.rows.remove(type, row);
          return single('DELETED', row);
        }
        const values = { ...columnsIn(type, operation.data), ...applyAtomic(type, row, operation.atomic) };
        return single('UPDATED', this.rows.set(type, row, values));
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
        const done = this.rows.attempt(() => this.#many(operation, chosen), !operation.dryRun);
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
      // Shown once all are written.
      rows: answers.map((answer) => {
        const row = answer!.rows[0]!;
        return row && (this.rows.now(operation.type, row) ?? null);
      }),
      results: answers.map((answer) => answer!.results[0]!),
    };
  }

  #newRow(operation: Extract<Bulk, { rows: unknown }>, { tenant, data, expects }: NewRow): Answer {
    const { type, conflictKey } = operation;
    const onConflict = operation.kind === 'upsertMany' ? 'UPDATE' : (operation.onConflict ?? 'ERROR');
    const values = columnsIn(type, data);
    if (onConflict === 'ERROR') return single('INSERTED', this.rows.insert(type, tenant, values));
    const { keys } = SHAPES[type];
    const named =
      conflictKey === null
        ? onConflict === 'UPDATE'
          ? [keys[0]]
          : keys
        : keys.filter(({ name }) => name === conflictKey);
    const asked = { tenantId: tenant, deletedAt: null, ...values };
    const other = named.map((key) => this.rows.sameKey(type, key, asked, null)).find((row) => row !== undefined);
    if (other === undefined) {
      if (expects !== 'none') throw new Refused('NOT_FOUND');
      return single('INSERTED', this.rows.insert(type, tenant, values));
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
    const primary: readonly string[] = keys[0].columns;
    const set = Object.fromEntries(Object.entries(values).filter(([name]) => !primary.includes(name)));
    // Whether it is then unchanged or ignored.
    if (Object.keys(set).every((name) => named[0]!.columns.includes(name))) throw new Unspecified();
    if ((other.deletedAt ?? null) !== null) throw new Refused('UNIQUE_VIOLATION');
    this.#requireVersion(other, expects);
    const isChange = Object.entries(set).some(([name, value]) => JSON.stringify(other[name]) !== JSON.stringify(value));
    if (!isChange) return single('UNCHANGED', other);
    return single('UPDATED', this.rows.set(type, other, set));
  }

  #changesWith(type: Type, row: Row, work: () => unknown): boolean {
    return this.rows.attempt(() => {
      try {
        work();
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
      }
      return this.rows.now(type, row) !== row;
    }, false);
  }

  #named(operation: NamedRow): Row {
    const row = this.#nested.need(operation.type, operation.tenant, operation.by);
    this.#requireVersion(row, operation.expects);
    return row;
  }

  #deleted({ type, tenant, by, expects }: NamedRow): Row {
    const values = Object.entries(flat(by));
    const found = this.rows
      .of(type, tenant)
      .filter((row) => row.deletedAt !== null && values.every(([name, value]) => row[name] === value));
    if (found.length > 1) throw new Unspecified();
    const row = found[0] ?? missing();
    this.#requireVersion(row, expects);
    return row;
  }

  #requireVersion({ version }: Row, expects: Expectation): void {
    if (expects === 'none' || (expects === 'current' && version !== NEW_VERSION)) return;
    throw new Refused('CONFLICT');
  }
}

const single = (outcome: RowOutcome, row: Row): Answer => ({ rows: [row], results: [{ outcome }] });

function refuseAbsurd(operation: Single | Bulk): void {
  const { type } = operation;
  if (operation.kind === 'createMany' || operation.kind === 'upsertMany') requireKey(operation);
  const isContradiction = operation.kind === 'upsert' && isContrary(operation.by, operation.create);
  if (isContradiction || inputsOf(operation).some(({ data, ofNew }) => isAbsurd(type, data, ofNew)))
    throw new Refused('BAD_USER_INPUT');
}

/** What becomes of a row that is to be found by a key, but does not give it, is not said. */
function requireKey(operation: Extract<Bulk, { rows: unknown }>): void {
  const onConflict = operation.kind === 'upsertMany' ? 'UPDATE' : operation.onConflict;
  if (onConflict !== 'UPDATE' && operation.conflictKey === null) return;
  const { keys } = SHAPES[operation.type];
  const { columns } = keys.find(({ name }) => name === operation.conflictKey) ?? keys[0];
  for (const { data } of operation.rows) if (columns.some((name) => data[name] === undefined)) throw new Unspecified();
}

function seenEarly(operation: Exclude<Operation, { kind: 'wrong' }>): boolean {
  if (operation.kind === 'transaction') return operation.steps.some((step) => seenEarly(step.operation));
  const by = operation.kind === 'upsert' ? flat(operation.by) : {};
  return inputsOf(operation).some(({ data, ofNew }) =>
    lacksValue(operation.type, ofNew === null ? data : { ...by, ...data }, ofNew),
  );
}

/** The data of an operation: of new rows, or changes. */
function inputsOf(operation: Single | Bulk): { readonly data: Value; readonly ofNew: readonly string[] | null }[] {
  switch (operation.kind) {
    case 'create':
      return [{ data: operation.data, ofNew: [] }];
    case 'update':
    case 'updateMany':
      return [{ data: operation.data, ofNew: null }];
    case 'upsert':
      return [
        { data: operation.create, ofNew: [] },
        { data: operation.update, ofNew: null },
      ];
    case 'createMany':
    case 'upsertMany':
      return operation.rows.map(({ data }) => ({ data, ofNew: [] }));
    default:
      return [];
  }
}
