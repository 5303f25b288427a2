/** What a mutation does and answers, worked out in plain JavaScript from the documentation. */

import { type Answer, gone, seen, single } from './answer.ts';
import { refuseAbsurd, refuseAbsurdStep, seenEarly } from './arguments.ts';
import { applyAtomic } from './atomic.ts';
import { flat, refersAnew } from './inputs.ts';
import { missing, NestedWrites } from './nested-writes.ts';
import { NewRows } from './new-rows.ts';
import type { Bulk, Changes, Expectation, Operation, Single, Step } from './operation.ts';
import { columnsIn, Refused, Rows, Unspecified } from './rows.ts';
import { type Row, SHAPES, type Type, type Value } from './shapes.ts';
import { isMatch } from './where.ts';

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
  readonly #newRows: NewRows;

  /** @param shardOf the shard that a tenant's rows are on. */
  constructor(shardOf: (tenant: string) => number) {
    this.#newRows = new NewRows(this.rows, this.#nested, shardOf);
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
        refuseAbsurd(operation);
        return [this.#newRows.ofShards(operation)];
      default:
        refuseAbsurd(operation);
        return [this.rows.attempt(() => seen(this.rows, operation.type, this.#one(operation)), !isDry(operation))];
    }
  }

  #transaction(steps: readonly Step[]): Answer[] {
    for (const step of steps) refuseAbsurdStep(step);
    const named = new Map<string, readonly [Type, Row]>();
    const answers = steps.map(({ operation, as, refs }) => {
      const given = Object.fromEntries(
        refs.map((ref) => [ref.column, this.#referred(named.get(ref.from)!, ref.field)]),
      );
      const answer = 'rows' in operation ? this.#newRows.of(operation, operation.rows) : this.#one(operation, given);
      if (as !== null) named.set(as, [operation.type, answer.rows[0]!]);
      return answer;
    });
    return answers.map((answer, index) => seen(this.rows, steps[index]!.operation.type, answer));
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

  #named(operation: NamedRow): Row {
    const { type, tenant, by } = operation;
    const row = this.#nested.need(type, tenant, by);
    this.rows.requireVersion({ ...operation, values: flat(by) }, row);
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
    this.rows.requireVersion({ ...operation, values: flat(by) }, row, true);
    return row;
  }
}

const isDry = (operation: Single | Bulk): boolean => 'dryRun' in operation && operation.dryRun;
