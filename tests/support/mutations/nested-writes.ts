/** Nested writes as the documentation says they go: what a row refers to, the row, then what refers to it. */
import { applyAtomic } from './atomic.ts';
import { flat, relationsIn } from './inputs.ts';
import type { Changes, NestedExpectation } from './operation.ts';
import { columnsIn, Refused, type Rows, rowKey, Unspecified } from './rows.ts';
import { type Relation, type Row, SHAPES, type Type, type Value } from './shapes.ts';

export class NestedWrites {
  readonly #rows: Rows;

  constructor(rows: Rows) {
    this.#rows = rows;
  }

  create(type: Type, tenant: string, data: Value, given: Row = {}): Row {
    const own = { ...columnsIn(type, data), ...given };
    const values = { ...own, ...this.refer(type, tenant, data) };
    const row = this.#rows.insert(type, tenant, values);
    this.#relate(type, row, data);
    return this.#now(type, row);
  }

  /** Creates the row that was looked for. @throws Unspecified if it is among what it refers to. */
  createMissing(type: Type, tenant: string, { by, create }: Value, given: Row = {}): Row {
    const data = { ...flat(by ?? {}), ...create };
    const isCreatedBefore = this.#rows.attempt(() => {
      try {
        this.refer(type, tenant, data);
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
      }
      return by !== undefined && this.find(type, tenant, by) !== undefined;
    }, false);
    if (isCreatedBefore) throw new Unspecified();
    return this.create(type, tenant, data, given);
  }

  /** @param given columns that are set besides. */
  update(type: Type, row: Row, { data, atomic }: Changes, given: Row = {}): Row {
    const referred = this.refer(type, row.tenantId, data);
    const changed = applyAtomic(type, this.#now(type, row), atomic);
    this.#rows.set(type, row, { ...columnsIn(type, data), ...given, ...changed, ...referred });
    this.#relate(type, row, data ?? {});
    return this.#now(type, row);
  }

  /** Deleted rows are not found. */
  find(type: Type, tenant: string, by: Value): Row | undefined {
    const values = Object.entries(flat(by));
    return this.#rows.live(type, tenant).find((row) => values.every(([name, value]) => row[name] === value));
  }

  need(type: Type, tenant: string, by: Value, within: Row = {}): Row {
    const row = this.find(type, tenant, by);
    const isWithin = row && Object.entries(within).every(([column, value]) => row[column] === value);
    return isWithin ? row : missing();
  }

  /**
   * A row that is to be changed. What it is to refer to is written before it is looked for, or after: either may fail first.
   *
   * @param need gives the row. @throws Refused
   */
  toChange(type: Type, tenant: string, need: () => Row, data: Value): Row {
    try {
      return need();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      try {
        this.#rows.attempt(() => this.refer(type, tenant, data), false);
      } catch (other) {
        if (!(other instanceof Refused)) throw other;
        throw new Refused(...error.codes, ...other.codes);
      }
      throw error;
    }
  }

  #updateNeeded(type: Type, tenant: string, need: () => Row, { expectedVersion, ...changes }: NestedChanges): void {
    const row = () => this.#requireVersion(need(), expectedVersion);
    this.update(type, this.toChange(type, tenant, row, changes.data), changes);
  }

  #upsertFound(type: Type, row: Row, { update, atomic, expectedVersion }: Value): void {
    this.#updateNeeded(type, row.tenantId, () => row, { data: update, atomic, expectedVersion });
  }

  /** Who expects a version has seen a row. */
  #upsertMissing(type: Type, tenant: string, { by, create, expectedVersion }: Value, given: Row = {}): Row {
    if (expectedVersion) this.toChange(type, tenant, missing, create);
    return this.createMissing(type, tenant, { by, create }, given);
  }

  #requireVersion(row: Row, expected: NestedExpectation | undefined): Row {
    if (expected) this.#rows.requireVersion({ ...expected, values: { id: expected.id }, expects: expected.is }, row);
    return row;
  }

  #now(type: Type, row: Row): Row {
    return this.#rows.now(type, row) ?? row;
  }

  /** What a row refers to, written before it. */
  refer(type: Type, tenant: string, data: Value): Row {
    const values: Record<string, Value> = {};
    for (const [name, relation] of relationsIn(type, data)) {
      if (relation.kind !== 'refers') continue;
      const [[verb, input]] = Object.entries(data[name]) as [[string, Value]];
      const { target, column } = relation;
      if (verb === 'create') values[column] = this.create(target, tenant, input).id;
      if (verb === 'connect') values[column] = this.need(target, tenant, input).id;
      if (verb === 'connectOrCreate') values[column] = this.#findOrCreate(target, tenant, input).id;
      if (verb === 'disconnect' && input) values[column] = null;
    }
    return values;
  }

  #findOrCreate(type: Type, tenant: string, { by, create }: Value, given: Row = {}): Row {
    return this.find(type, tenant, by) ?? this.createMissing(type, tenant, { by, create }, given);
  }

  #relate(type: Type, row: Row, data: Value): void {
    for (const [name, relation] of relationsIn(type, data)) {
      if (relation.kind === 'refers') this.#changeReferred(type, row, relation, data[name]);
      else if (relation.kind === 'referred') this.#changeReferring(row, relation, data[name]);
      else this.#changeLinked(row, relation, data[name]);
    }
  }

  #changeReferred(type: Type, row: Row, { target, column }: Relation & { kind: 'refers' }, input: Value): void {
    const { tenantId } = row;
    if (!input.update && !input.upsert && !input.delete) return;
    // What is nested before may have taken the row along.
    const { [column]: id } = this.#rows.now(type, row) ?? refused('BAD_USER_INPUT');
    const other = () => this.#rows.live(target, tenantId).find((each) => each.id === id);
    if (input.update) this.#updateNeeded(target, tenantId, () => other() ?? missing(), input.update);
    if (input.upsert) {
      const found = other();
      if (found) this.#upsertFound(target, found, input.upsert);
      else if (input.upsert.expectedVersion) missing();
      else this.#rows.set(type, row, { [column]: this.create(target, tenantId, input.upsert.create).id });
    }
    if (!input.delete) return;
    const doomed = other() ?? missing();
    if (SHAPES[type].columns[column]!.isNullable) this.#rows.set(type, row, { [column]: null });
    this.#rows.remove(target, doomed);
  }

  #changeReferring(row: Row, { target, column }: Relation & { kind: 'referred' }, input: Value): void {
    const { tenantId } = row;
    const own = { [column]: row.id };
    const orphaned = { [column]: null };
    for (const { by, expectedVersion } of input.delete ?? [])
      this.#rows.remove(target, this.#requireVersion(this.need(target, tenantId, by, own), expectedVersion));
    for (const by of input.disconnect ?? []) this.#rows.set(target, this.need(target, tenantId, by, own), orphaned);
    if (input.set) {
      const kept = input.set.map((by: Value) => rowKey(target, this.need(target, tenantId, by)));
      for (const other of this.#rows.live(target, tenantId))
        if (other[column] === row.id && !kept.includes(rowKey(target, other))) this.#rows.set(target, other, orphaned);
      for (const by of input.set) this.#rows.set(target, this.need(target, tenantId, by), own);
    }
    for (const { by, ...changes } of input.update ?? [])
      this.#updateNeeded(target, tenantId, () => this.need(target, tenantId, by, own), changes);
    for (const element of input.upsert ?? []) {
      const other = this.find(target, tenantId, element.by);
      if (other?.[column] === row.id) this.#upsertFound(target, other!, element);
      else this.#upsertMissing(target, tenantId, element, own);
    }
    for (const by of input.connect ?? []) this.#rows.set(target, this.need(target, tenantId, by), own);
    for (const element of input.connectOrCreate ?? []) {
      const other = this.find(target, tenantId, element.by);
      if (other) this.#rows.set(target, other, own);
      else this.#findOrCreate(target, tenantId, element, own);
    }
    for (const data of input.create ?? []) this.create(target, tenantId, data, own);
  }

  #changeLinked(row: Row, { target, join, near, far }: Relation & { kind: 'linked' }, input: Value): void {
    const { tenantId } = row;
    const linkTo = (other: Row) =>
      this.#rows.of(join, tenantId).find((each) => each[near] === row.id && each[far] === other.id);
    const link = (other: Row) => {
      if (!linkTo(other)) this.#rows.insert(join, tenantId, { [near]: row.id, [far]: other.id });
    };
    const unlink = (other: Row) => this.#rows.remove(join, linkTo(other) ?? missing());
    const linked = (by: Value) => {
      const other = this.need(target, tenantId, by);
      return linkTo(other) ? other : missing();
    };
    for (const { by, expectedVersion } of input.delete ?? []) {
      const other = this.#requireVersion(linked(by), expectedVersion);
      unlink(other);
      this.#rows.remove(target, other);
    }
    for (const by of input.disconnect ?? []) unlink(this.need(target, tenantId, by));
    if (input.set) {
      const kept = input.set.map((by: Value) => this.need(target, tenantId, by));
      for (const other of kept) link(other);
      const ids = kept.map(({ id }: Row) => id);
      for (const each of this.#rows.of(join, tenantId))
        if (each[near] === row.id && !ids.includes(each[far])) this.#rows.remove(join, each);
    }
    for (const { by, ...changes } of input.update ?? [])
      this.#updateNeeded(target, tenantId, () => linked(by), changes);
    for (const element of input.upsert ?? []) {
      if (this.find(target, tenantId, element.by)) this.#upsertFound(target, linked(element.by), element);
      else link(this.#upsertMissing(target, tenantId, element));
    }
    for (const by of input.connect ?? []) link(this.need(target, tenantId, by));
    for (const element of input.connectOrCreate ?? []) link(this.#findOrCreate(target, tenantId, element));
    for (const data of input.create ?? []) link(this.create(target, tenantId, data));
  }
}

const refused = (code: string): never => {
  throw new Refused(code);
};

export const missing = (): never => refused('NOT_FOUND');

type NestedChanges = Changes & { readonly expectedVersion?: NestedExpectation };
