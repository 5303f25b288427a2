/** A caller's write as an operator makes it, for whom there are no rules: what the rules give and leave out stands in it. */
import type { Input } from '../../queries/query.ts';
import { RelatedRows } from '../../queries/related.ts';
import { Filter } from '../../queries/where.ts';
import { entityOf, type Relation, type Row } from '../../queries/world.ts';
import { ENTITIES } from '../entities.ts';
import type { Viewer } from '../roles.ts';
import { type AllRows, accessWorld } from '../rows.ts';
import { seenWorld } from '../seen-world.ts';
import { writtenColumns } from '../write-rights.ts';
import { RowRights } from './judge-write.ts';
import { keyOf } from './row-picker.ts';
import { mutationOf, type Step, type Write } from './write.ts';
import { WRITE_VIEWS } from './write-views.ts';

const entity = (type: string) => ENTITIES.find((one) => one.type === type)!;
/** A row is named, and where it lives is said beside its key. */
const isPlaced = ({ args, type }: Step): boolean => args.by !== undefined && entity(type).shardKey === 'spaceId';
const isConflicting = ({ kind, args }: Step): boolean =>
  kind === 'upsertMany' || (kind === 'createMany' && (args.onConflict === 'UPDATE' || args.onConflict === 'IGNORE'));

/**
 * Null: there is no such write. Of rows that are found by what they are, those are found that the caller may write; of rows
 * that are there already, columns are set that it may change.
 */
export function asOperator(write: Write, rows: AllRows, viewer: Viewer): Write | null {
  const translator = new Translator(rows, viewer);
  const steps = write.steps.flatMap((step) => translator.steps(step));
  // Rows that come one after another have to be found by each other, and found rows are those of before.
  const isBound = steps.every((step) => step.args.shardKey !== undefined || !isPlaced(step));
  if (!isBound) return null;
  const isFoundLater = write.steps.some(({ args }, at) => at > 0 && args.where !== undefined);
  // An operator makes each row by itself: in one transaction, which is of one space.
  const isConflict = (step: Step) =>
    isConflicting(step) && (write.isTransaction || entity(step.type).shardKey === 'id');
  if (isFoundLater || write.steps.some(isConflict) || upsertsOneHidden(write, rows, viewer)) return null;
  return { ...write, steps, isTransaction: write.isTransaction || steps.length !== 1 };
}

/** A to-one relation is upserted that leads to a row that the caller does not see: it makes one, and the operator changes that row. */
function upsertsOneHidden({ steps, names }: Write, rows: AllRows, viewer: Viewer): boolean {
  const rights = new RowRights(rows, viewer);
  const leadsToHidden = (type: string, { target, on }: Relation): boolean => {
    const named = names.filter((name) => name.type === type).map(({ key }) => rights.find(type, key));
    // Parents that other rows lead to are not named.
    const parents = named.some((row) => row !== null) ? named.filter((row) => row !== null) : (rows[type] ?? []);
    return parents.some((parent) =>
      (rows[target] ?? []).some(
        (row) => on.every(([from, to]) => row[to] === parent[from]) && !rights.reads(target, row),
      ),
    );
  };
  const isUpserting = (type: string, data: unknown): boolean => {
    if (Array.isArray(data)) return data.some((item) => isUpserting(type, item));
    if (typeof data !== 'object' || data === null) return false;
    return Object.entries(data).some(([name, verbs]) => {
      const relation = entity(type).relations.find((one) => one.name === name);
      if (relation === undefined) return ['create', 'update', 'data'].includes(name) && isUpserting(type, verbs);
      const isOne = relation.kind === 'one' && verbs !== null && typeof verbs === 'object' && 'upsert' in verbs;
      if (isOne && leadsToHidden(type, relation)) return true;
      return Object.values((verbs as Input | null) ?? {}).some((value) => isUpserting(relation.target, value));
    });
  };
  return steps.some(({ type, args }) => isUpserting(type, args));
}

class Translator {
  readonly #rows: AllRows;
  readonly #viewer: Viewer;
  /** Keys of rows that the write makes itself: of two with one key, the second finds the first. */
  readonly #made = new Set<string>();
  readonly #rights: RowRights;

  constructor(rows: AllRows, viewer: Viewer) {
    this.#rows = rows;
    this.#viewer = viewer;
    this.#rights = new RowRights(rows, viewer);
  }

  steps(step: Step): Step[] {
    const { kind, type, args } = step;
    if (kind === 'updateMany' || kind === 'deleteMany') {
      const data = kind === 'updateMany' ? { data: args.data } : {};
      const keys = this.#found(step);
      return keys.length === 0
        ? []
        : [{ ...step, args: { ...args, ...data, where: keys.length === 1 ? keys[0] : { OR: keys } } }];
    }
    if (isConflicting(step)) return (args.data as Input[]).flatMap((row) => this.#conflicting(step, row));
    if (kind === 'createMany')
      return [{ ...step, args: { ...args, data: (args.data as Input[]).map((row) => this.#newRow(type, row, [])) } }];
    const given = { ...args };
    // Who may read rows of one space alone need not name it.
    const { shardKey } = this.#viewer.claims;
    if (given.shardKey === undefined && isPlaced(step) && typeof shardKey === 'string') given.shardKey = shardKey;
    if (kind === 'create') given.data = this.#newRow(type, args.data as Input, refsOf(args));
    if (kind === 'update' && args.data !== undefined) given.data = this.#changes(type, args.data as Input);
    if (kind === 'upsert') {
      given.create = this.#newRow(type, args.create as Input, ['spaceId']);
      if (args.update !== undefined) given.update = this.#changes(type, args.update as Input);
    }
    return [{ ...step, args: given }];
  }

  /** The rows that the caller sees and may write, by their keys. */
  #found({ kind, type, args }: Step): Input[] {
    const world = seenWorld(accessWorld(this.#rows), this.#viewer);
    const filter = new Filter(world, new RelatedRows(world));
    const right = kind === 'updateMany' ? 'update' : 'delete';
    const found = (world.rows[type] ?? []).filter(
      (row) =>
        filter.matches(entityOf(world, type), row, args.where as Input) === true &&
        this.#rights.may(type, this.#rights.find(type, row)!, right),
    );
    const equal = (row: Row) =>
      Object.fromEntries(Object.entries(keyOf(type, row)).map(([name, value]) => [name, { eq: value }]));
    return found.map(equal);
  }

  /** A row that may be there already. */
  #conflicting({ kind, type, args }: Step, given: Input): Step[] {
    const row = this.#newRow(type, given, []);
    const { primaryKey, columns, list } = entity(type);
    const stored = this.#rights.find(type, row as Row);
    const of = (step: Pick<Step, 'kind' | 'args'>): Step => ({
      ...step,
      type,
      field: mutationOf(step.kind, type, list),
    });
    const place = JSON.stringify([type, ...primaryKey.map((name) => row[name])]);
    const isNew = stored === null && !this.#made.has(place);
    this.#made.add(place);
    if (isNew) return [of({ kind: 'create', args: { data: row } })];
    if (kind === 'createMany' && args.onConflict === 'IGNORE') return [];
    const able = writtenColumns(
      this.#viewer.role,
      type,
      'update',
      columns.map(({ name }) => name),
    );
    const isSet = (name: string) => name in given && able.includes(name) && !primaryKey.includes(name);
    const set = columns.filter(({ name }) => isSet(name)).map(({ name }) => [name, given[name]]);
    const [first, ...others] = primaryKey.filter((name) => name !== 'spaceId');
    const joined = [first, ...others.map((name) => `${name.charAt(0).toUpperCase()}${name.slice(1)}`)].join('And');
    const key = Object.fromEntries([first!, ...others].map((name) => [name, row[name]]));
    const by = others.length === 0 ? key : { [joined]: key };
    if (set.length === 0) return [];
    return [of({ kind: 'update', args: { by, data: Object.fromEntries(set), shardKey: row.spaceId } })];
  }

  /** @param supplied columns that something else gives. */
  #newRow(type: string, data: Input, supplied: readonly string[]): Input {
    const { set = {} } = WRITE_VIEWS[this.#viewer.role]?.[type]?.create ?? {};
    const presets = Object.entries(set)
      .filter(([name]) => !supplied.includes(name))
      .map(([name, value]) => [name, value(this.#viewer.claims)]);
    return { ...this.#changes(type, data), ...Object.fromEntries(presets) };
  }

  /** Related rows that are new are given what the rules give. */
  #changes(type: string, data: Input): Input {
    return Object.fromEntries(
      Object.entries(data).map(([name, value]) => {
        const relation = entity(type).relations.find((one) => one.name === name);
        return [name, relation ? this.#related(relation, value as Input) : value];
      }),
    );
  }

  #related({ target, kind, through, on }: Relation, verbs: Input): Input {
    const led = kind === 'many' && through === null ? on.map(([, to]) => to) : ['spaceId'];
    const rowOf = (row: Input, by: Input = {}) => this.#newRow(target, row, [...led, ...Object.keys(by)]);
    const one = (verb: string, value: Input): Input => {
      switch (verb) {
        case 'create':
          return rowOf(value);
        case 'connectOrCreate':
          return { ...value, create: rowOf(value.create as Input, value.by as Input) };
        case 'update':
          return { ...value, ...(value.data !== undefined && { data: this.#changes(target, value.data as Input) }) };
        case 'upsert':
          return {
            ...value,
            create: rowOf(value.create as Input, value.by as Input | undefined),
            ...(value.update !== undefined && { update: this.#changes(target, value.update as Input) }),
          };
        default:
          return value;
      }
    };
    return Object.fromEntries(
      Object.entries(verbs).map(([verb, value]) => {
        if (typeof value !== 'object') return [verb, value];
        return [verb, Array.isArray(value) ? value.map((item) => one(verb, item)) : one(verb, value as Input)];
      }),
    );
  }
}

const refsOf = ({ refs = {} }: Step['args']): string[] => Object.keys(refs as Input);
