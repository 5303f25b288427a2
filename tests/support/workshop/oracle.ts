/** What nested writes mean, in plain JavaScript: rows as objects, and every rule of the database checked at each step. */
import { type Relation, SHAPES, TYPES, type Type } from './relations.ts';

export type Value = string | number | null;
export type Row = Record<string, Value>;

// biome-ignore lint/suspicious/noExplicitAny: inputs are as free-form as GraphQL's.
export type Input = any;

export class Refused extends Error {
  readonly code: string;

  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

export class Oracle {
  #rows = new Map<Type, Row[]>(TYPES.map((type) => [type, []]));
  #links = 0;

  rows(type: Type): readonly Row[] {
    return this.#rows.get(type)!;
  }

  /** Null if it was done; else the code of the failure, and nothing has changed. */
  attempt(work: (oracle: this) => void): string | null {
    const before = structuredClone(this.#rows);
    try {
      work(this);
      return null;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.#rows = before;
      return error.code;
    }
  }

  create(type: Type, data: Input, given: Row = {}): Row {
    const referred = this.#refer(type, data);
    const row = this.#insert(type, { ...columnsOf(type, data), ...given, ...referred });
    this.#relate(type, row, data, true);
    return row;
  }

  update(type: Type, row: Row, data: Input): void {
    this.#set(type, row, { ...columnsOf(type, data), ...this.#refer(type, data) });
    this.#relate(type, row, data, false);
  }

  delete(type: Type, row: Row): void {
    const doomed = new Map<Row, Type>([[row, type]]);
    for (const [each, ofType] of doomed) {
      for (const [referrer, column, reference] of referencesTo(ofType)) {
        if (reference.onDelete !== 'cascade') continue;
        for (const child of this.rows(referrer)) if (child[column] === each.id) doomed.set(child, referrer);
      }
    }
    for (const [each, ofType] of doomed) {
      for (const [referrer, column] of referencesTo(ofType)) {
        const isReferred = this.rows(referrer).some((child) => child[column] === each.id && !doomed.has(child));
        if (isReferred) throw new Refused('FOREIGN_KEY_VIOLATION');
      }
    }
    for (const [each, ofType] of doomed) {
      const rows = this.#rows.get(ofType)!;
      rows.splice(rows.indexOf(each), 1);
    }
  }

  upsert(type: Type, by: Input, create: Input, update: Input, given: Row = {}): Row {
    const row = this.find(type, by);
    if (row === undefined) return this.create(type, { ...by, ...create }, given);
    this.update(type, row, update);
    return row;
  }

  find(type: Type, by: Input): Row | undefined {
    const [[column, value]] = Object.entries(by) as [[string, Value]];
    return this.rows(type).find((row) => row[column] === value);
  }

  need(type: Type, by: Input, within: Row = {}): Row {
    const row = this.find(type, by);
    const isWithin = row && Object.entries(within).every(([column, value]) => row[column] === value);
    if (!isWithin) throw new Refused('NOT_FOUND');
    return row;
  }

  /** What a row refers to, written before it. */
  #refer(type: Type, data: Input): Row {
    const values: Row = {};
    for (const [name, relation] of relationsIn(type, data)) {
      if (relation.kind !== 'refers') continue;
      const [[verb, input]] = Object.entries(data[name]) as [[string, Input]];
      const { target, column } = relation;
      if (verb === 'create') values[column] = this.create(target, input).id!;
      if (verb === 'connect') values[column] = this.need(target, input).id!;
      if (verb === 'connectOrCreate') values[column] = this.upsert(target, input.by, input.create, {}).id!;
      if (verb === 'disconnect' && input) values[column] = null;
    }
    return values;
  }

  #relate(type: Type, row: Row, data: Input, isNew: boolean): void {
    for (const [name, relation] of relationsIn(type, data)) {
      const input = data[name];
      if (relation.kind === 'refers') this.#changeReferred(type, row, relation, input);
      else if (relation.kind === 'referred') this.#changeReferring(row, relation, input);
      else if (relation.kind === 'referredOnce') this.#changeReferringOne(row, relation, input, isNew);
      else this.#changeLinked(row, relation, input);
    }
  }

  #changeReferred(
    type: Type,
    row: Row,
    { target, column, isRequired }: Relation & { kind: 'refers' },
    input: Input,
  ): void {
    const other = this.rows(target).find(({ id }) => id === row[column]);
    if (input.update) this.update(target, other ?? missing(), input.update.data);
    if (input.upsert) {
      if (other) this.update(target, other, input.upsert.update);
      else this.#set(type, row, { [column]: this.create(target, input.upsert.create).id! });
    }
    if (!input.delete) return;
    const doomed = other ?? missing();
    if (!isRequired) this.#set(type, row, { [column]: null });
    this.delete(target, doomed);
  }

  #changeReferring(row: Row, { target, column }: Relation & { kind: 'referred' }, input: Input): void {
    const own = { [column]: row.id! };
    const orphaned = { [column]: null };
    for (const { by } of input.delete ?? []) this.delete(target, this.need(target, by, own));
    for (const by of input.disconnect ?? []) this.#set(target, this.need(target, by, own), orphaned);
    if (input.set) {
      const kept = input.set.map((by: Input) => this.need(target, by));
      for (const other of this.rows(target)) {
        if (other[column] === row.id && !kept.includes(other)) this.#set(target, other, orphaned);
      }
      for (const other of kept) this.#set(target, other, own);
    }
    for (const { by, data } of input.update ?? []) this.update(target, this.need(target, by, own), data);
    for (const { by, create, update } of input.upsert ?? []) {
      const other = this.find(target, by);
      if (other?.[column] === row.id) this.update(target, other!, update);
      else this.create(target, { ...by, ...create }, own);
    }
    for (const by of input.connect ?? []) this.#set(target, this.need(target, by), own);
    for (const { by, create } of input.connectOrCreate ?? []) {
      const other = this.find(target, by);
      if (other) this.#set(target, other, own);
      else this.create(target, { ...by, ...create }, own);
    }
    for (const data of input.create ?? []) this.create(target, data, own);
  }

  #changeReferringOne(
    row: Row,
    { target, column }: Relation & { kind: 'referredOnce' },
    input: Input,
    isNew: boolean,
  ): void {
    const own = { [column]: row.id! };
    const other = this.rows(target).find((each) => each[column] === row.id);
    const makePlace = (kept?: Row) => {
      if (!isNew && other && other !== kept) this.#set(target, other, { [column]: null });
    };
    if (input.create) {
      makePlace();
      this.create(target, input.create, own);
    }
    if (input.connect) {
      const found = this.need(target, input.connect);
      makePlace(found);
      this.#set(target, found, own);
    }
    if (input.connectOrCreate) {
      const { by, create } = input.connectOrCreate;
      const found = this.find(target, by);
      makePlace(found);
      if (found) this.#set(target, found, own);
      else this.create(target, { ...by, ...create }, own);
    }
    if (input.disconnect && other) this.#set(target, other, { [column]: null });
    if (input.update) this.update(target, other ?? missing(), input.update.data);
    if (input.upsert) {
      if (other) this.update(target, other, input.upsert.update);
      else this.create(target, input.upsert.create, own);
    }
    if (input.delete) this.delete(target, other ?? missing());
  }

  #changeLinked(row: Row, { target, join, near, far }: Relation & { kind: 'linked' }, input: Input): void {
    const linksTo = (other: Row) => this.rows(join).filter((link) => link[near] === row.id && link[far] === other.id);
    const link = (other: Row) => {
      if (linksTo(other).length === 0) this.#insert(join, { [near]: row.id!, [far]: other.id! });
    };
    const unlink = (other: Row) => {
      const links = linksTo(other);
      if (links.length === 0) throw new Refused('NOT_FOUND');
      for (const each of links) this.delete(join, each);
    };
    const linked = (by: Input) => {
      const other = this.need(target, by);
      return linksTo(other).length > 0 ? other : missing();
    };
    for (const { by } of input.delete ?? []) {
      const other = this.need(target, by);
      unlink(other);
      this.delete(target, other);
    }
    for (const by of input.disconnect ?? []) unlink(this.need(target, by));
    if (input.set) {
      const kept = input.set.map((by: Input) => this.need(target, by));
      for (const other of kept) link(other);
      const ids = kept.map(({ id }: Row) => id);
      for (const each of this.rows(join).filter((one) => one[near] === row.id && !ids.includes(one[far]!))) {
        this.delete(join, each);
      }
    }
    for (const { by, data } of input.update ?? []) this.update(target, linked(by), data);
    for (const { by, create, update } of input.upsert ?? []) {
      if (this.find(target, by)) this.update(target, linked(by), update);
      else link(this.create(target, { ...by, ...create }));
    }
    for (const by of input.connect ?? []) link(this.need(target, by));
    for (const { by, create } of input.connectOrCreate ?? []) link(this.upsert(target, by, create, {}));
    for (const data of input.create ?? []) link(this.create(target, data));
  }

  #insert(type: Type, values: Row): Row {
    const row: Row = {
      ...Object.fromEntries(Object.keys(SHAPES[type].references).map((column) => [column, null])),
      ...values,
    };
    row.id ??= `link-${++this.#links}`;
    if (type === 'Task') row.points ??= 0;
    if (type === 'Person') row.changes = 0;
    if (type === 'Task' && row.projectId === null) throw new Refused('NOT_NULL_VIOLATION');
    this.#check(type, row, row);
    this.#rows.get(type)!.push(row);
    return row;
  }

  #set(type: Type, row: Row, values: Row): void {
    if (Object.keys(values).length === 0) return;
    const after = { ...row, ...values, ...(type === 'Person' && { changes: 1 }) };
    this.#check(type, after, row);
    Object.assign(row, after);
  }

  #check(type: Type, row: Row, self: Row): void {
    const { unique, references } = SHAPES[type];
    const others = this.rows(type).filter((other) => other !== self);
    for (const key of [['id'], ...unique]) {
      if (key.some((column) => row[column] === null)) continue;
      if (others.some((other) => key.every((column) => other[column] === row[column])))
        throw new Refused('UNIQUE_VIOLATION');
    }
    for (const [column, { target }] of Object.entries(references)) {
      const value = row[column];
      if (value === null || (target === type && value === row.id)) continue;
      if (!this.rows(target).some(({ id }) => id === value)) throw new Refused('FOREIGN_KEY_VIOLATION');
    }
  }
}

/** True for what cannot be done whatever rows there are: it is refused even in a branch that is not taken. */
export function isAbsurd(type: Type, data: Input, given: readonly string[] = []): boolean {
  return relationsIn(type, data).some(([name, relation]) => {
    const input = data[name];
    const { target } = relation;
    const isRequired = relation.kind !== 'linked' && relation.isRequired === true;
    if (relation.kind === 'refers' && given.includes(relation.column) && isGiven(input)) return true;
    if (isRequired && (input.disconnect || input.set)) return true;
    const ofNew = relation.kind === 'referred' || relation.kind === 'referredOnce' ? [relation.column] : [];
    const elements = (verb: string): Input[] => (input[verb] === undefined ? [] : [input[verb]].flat());
    return (
      elements('create').some((inner) => isAbsurd(target, inner, ofNew)) ||
      [...elements('connectOrCreate'), ...elements('upsert')].some(({ create }) => isAbsurd(target, create, ofNew)) ||
      elements('update').some((element) => isAbsurd(target, element.data)) ||
      elements('upsert').some(({ update }) => isAbsurd(target, update))
    );
  });
}

/** Gives the row's own column a value. */
const isGiven = (input: Input): boolean => 'create' in input || 'connect' in input || 'connectOrCreate' in input;

const missing = (): never => {
  throw new Refused('NOT_FOUND');
};

const columnsOf = (type: Type, data: Input): Row =>
  Object.fromEntries(Object.entries(data as Row).filter(([name]) => !(name in SHAPES[type].relations)));

const relationsIn = (type: Type, data: Input) =>
  Object.entries(SHAPES[type].relations).filter(([name]) => data[name] !== undefined);

const referencesTo = (target: Type) =>
  TYPES.flatMap((type) =>
    Object.entries(SHAPES[type].references).flatMap(([column, reference]) =>
      reference.target === target ? [[type, column, reference] as const] : [],
    ),
  );
