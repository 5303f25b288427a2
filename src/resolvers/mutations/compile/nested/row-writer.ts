import type { Model, TableModel } from '../../../../model/types.ts';
import type { RowScope } from '../../../../plans/access/visible-rows.ts';
import type {
  AtomicChanges,
  OperationValues,
  RowKey,
  RowOperation,
  Target,
  WireValues,
} from '../../../../shards/operation.ts';
import { createValues, type DataInput, updateValues } from '../column-values.ts';
import { atValues, type ValuesPlace } from '../input-path.ts';
import { placesOfChanges } from '../operation-place.ts';
import { SHARD_KEY } from './draft-values.ts';
import { OperationList, type Part } from './operation-list.ts';
import { type DraftRow, draftRow, keyOfRow, rowByKey, valuesOfKey } from './related-rows.ts';
import { addReferenced, addReferring, hasNested } from './relations.ts';

/** Values of a row, and where they stand in the arguments. */
interface NestedData {
  readonly data: DataInput;
  readonly part: Part;
}

/** What an update does to a row. */
export interface RowChange extends NestedData {
  /** Values that are set besides. */
  readonly given?: OperationValues;
  readonly atomic?: AtomicChanges;
}

/** A new row, and what is changed of the row if it is there. */
interface RowUpsert {
  readonly create: NestedData;
  /** Values of the new row that its data need not hold, besides those of the key. */
  readonly given?: OperationValues;
  readonly update: RowChange;
  /** True: a deleted row with the key is restored, where its table keeps those. */
  readonly restores?: boolean;
  /** True: a row that has the values to set already is not written. */
  readonly unlessEqual?: boolean;
}

/**
 * Adds writes of rows to a list of operations, each with all that is nested in its data: the rows that it refers to first, then
 * the row, then those that refer to it.
 */
export class RowWriter {
  readonly scope: RowScope;
  readonly list: OperationList;

  constructor(scope: RowScope) {
    this.scope = scope;
    this.list = new OperationList(scope.model);
  }

  get model(): Model {
    return this.list.model;
  }

  /** @param given values that the data need not, and must not, hold. */
  create(table: TableModel, { data, part }: NestedData, given: OperationValues = {}): DraftRow {
    const referenced = addReferenced(this, table, data, given, part);
    const create = placeOf(table, { data, part });
    const values = atValues(create, () =>
      createValues(this.scope, table, data, underShardKey(table, { ...given, ...referenced })),
    );
    const operation = this.list.add({ kind: 'create', table: table.typeName, values, select: null }, part, { create });
    const row = draftRow(table, operation, values);
    addReferring(this, row, data, 'create', part);
    return row;
  }

  /** @param part of the update as a whole. */
  update(table: TableModel, target: Target, { data, given = {}, atomic = {}, part: dataPart }: RowChange, part: Part) {
    // What is known to be out of date is no basis for what is nested in it.
    if (target.expectedVersion !== null && hasNested(table, data)) {
      this.add({ kind: 'find', table: table.typeName, ...target, required: true }, part);
    }
    const referenced = addReferenced(this, table, data, given, dataPart);
    const place = placeOf(table, { data, part: dataPart });
    const others = { ...given, ...referenced };
    const set = atValues(place, () => updateValues(this.scope, table, data, others, atomic));
    const operation = this.list.add(
      { kind: 'update', table: table.typeName, ...target, set, atomic, select: null },
      part,
      placesOfChanges(table, place, { path: [...part.path, 'atomic'], values: atomic }, others),
    );
    const row = rowByKey(table, operation, target.key);
    addReferring(this, row, data, 'update', dataPart);
    return row;
  }

  /** @param part of the upsert as a whole. */
  upsert(
    table: TableModel,
    target: Target,
    { create, given, update, restores = false, unlessEqual = false }: RowUpsert,
    part: Part,
  ): DraftRow {
    const { key, within } = target;
    const isNested = hasNested(table, create.data) || hasNested(table, update.data);
    // What goes before the row must know whether it is there.
    const probe = isNested ? this.find(table, key, within, part, false) : null;
    const ifFound = (found: boolean, { path, when }: Part): Part => ({
      path,
      when: probe ? { operation: probe.operation, found } : when,
    });
    const createPart = ifFound(false, create.part);
    const updatePart = ifFound(true, update.part);
    const keyValues = valuesOfKey(key);
    const { atomic = {} } = update;
    const filled = { ...within, ...given };
    const referencedByNew = addReferenced(this, table, create.data, { ...keyValues, ...filled }, createPart);
    const referenced = addReferenced(this, table, update.data, update.given ?? {}, updatePart);
    const createPlace = placeOf(table, create);
    const values = atValues(createPlace, () =>
      createValues(this.scope, table, create.data, { ...filled, ...referencedByNew }, keyValues),
    );
    const updatePlace = placeOf(table, update);
    const others = { ...update.given, ...referenced };
    const set = atValues(updatePlace, () => updateValues(this.scope, table, update.data, others, atomic));
    const operation = this.list.add(
      {
        kind: 'upsert',
        table: table.typeName,
        ...target,
        create: values,
        ...(restores && table.softDelete !== null && { restores }),
        ...(unlessEqual && { unlessEqual }),
        set,
        atomic,
        select: null,
      },
      part,
      {
        create: createPlace,
        ...placesOfChanges(table, updatePlace, { path: [...part.path, 'atomic'], values: atomic }, others),
      },
    );
    const row = rowByKey(table, operation, key);
    addReferring(this, row, create.data, 'create', createPart);
    addReferring(this, row, update.data, 'update', updatePart);
    return row;
  }

  /** @param required a row that is not there is `NOT_FOUND`; else what follows may depend on it. */
  find(table: TableModel, key: RowKey, within: OperationValues | null, part: Part, required = true): DraftRow {
    const target = { key, within, expectedVersion: null, required };
    return rowByKey(table, this.add({ kind: 'find', table: table.typeName, ...target }, part), key);
  }

  /** Any row with these values. */
  findAny(table: TableModel, values: OperationValues, part: Part, required = true): DraftRow {
    const target = { key: null, within: underShardKey(table, values), expectedVersion: null, required };
    return { table, operation: this.add({ kind: 'find', table: table.typeName, ...target }, part), known: {} };
  }

  /**
   * All rows with these values, except those of some operations, get other values, or are deleted.
   *
   * @param set null: they are deleted.
   * @param required it is `NOT_FOUND` if there is none.
   */
  unlink(
    table: TableModel,
    values: OperationValues,
    set: WireValues | null,
    keep: readonly DraftRow[],
    part: Part,
    required = false,
  ): void {
    this.add(
      {
        kind: 'unlink',
        table: table.typeName,
        match: underShardKey(table, values),
        keep: keep.map(({ operation }) => operation),
        set: set && (updateValues(this.scope, table, {}, set) as WireValues),
        required,
      },
      part,
    );
  }

  delete(table: TableModel, target: Target, part: Part): DraftRow {
    return rowByKey(
      table,
      this.add({ kind: 'delete', table: table.typeName, ...target, select: null }, part),
      target.key,
    );
  }

  /** Sets columns of a row that an operation has found. */
  set(row: DraftRow, values: OperationValues, part: Part): void {
    const target = { key: keyOfRow(row), within: null, expectedVersion: null };
    this.update(row.table, target, { data: {}, given: values, part }, part);
  }

  add(operation: RowOperation, part: Part): number {
    return this.list.add(operation, part);
  }
}

const placeOf = ({ typeName }: TableModel, { data, part }: NestedData): ValuesPlace => ({
  path: part.path,
  table: typeName,
  values: data,
});

const underShardKey = ({ shardKey }: TableModel, values: OperationValues): OperationValues => ({
  [shardKey.name]: SHARD_KEY,
  ...values,
});
