/** To-one relations whose columns the row itself holds: it refers to the other row. */
import type { RelationModel, TableModel } from '../../../../model/types.ts';
import type { KeyInput } from '../../../../plans/arguments/row-key.ts';
import { badUserInput } from '../../../../plans/bad-user-input.ts';
import type { OperationValues, Target } from '../../../../shards/operation.ts';
import type { DataInput } from '../column-values.ts';
import { clearedColumns, requireClearable } from './cleared-columns.ts';
import {
  type ConnectOrCreate,
  changeOf,
  expectedOf,
  type UpdateElement,
  type UpsertElement,
  verbIn,
} from './elements.ts';
import { type Part, partOf } from './operation-list.ts';
import { columnOf, type DraftRow, keyOfInput, keyOfRow, linkValues, relatedRow } from './related-rows.ts';
import type { ColumnPair } from './relation-columns.ts';
import type { RowWriter } from './row-writer.ts';

interface Reference {
  readonly table: TableModel;
  readonly relation: RelationModel;
  readonly pairs: readonly ColumnPair[];
}

/** What can be written before the row; gives the values of its columns. */
export function writeReferenced(
  writer: RowWriter,
  { table, relation, pairs }: Reference,
  input: DataInput,
  part: Part,
): OperationValues {
  const target = writer.model.table(relation.targetType);
  const [verb, value] = verbIn(input);
  const inner = partOf(part, verb);
  const referTo = (row: DraftRow): OperationValues =>
    Object.fromEntries(pairs.map(({ from, to }) => [from, columnOf(row, to)]));
  switch (verb) {
    case 'create':
      return referTo(writer.create(target, { data: value as DataInput, part: inner }));
    case 'connect': {
      const key = writer.list.at(inner, () => keyOfInput(target, value as KeyInput));
      return referTo(writer.find(target, key, null, inner));
    }
    case 'connectOrCreate':
      return referTo(connectOrCreate(writer, target, value as ConnectOrCreate, inner));
    case 'disconnect':
      if (value !== true) return {};
      return writer.list.at(inner, () =>
        requireClearable(
          table,
          relation,
          pairs.map(({ from }) => from),
        ),
      );
    default:
      return {};
  }
}

/** The row that a key names, or a new one. */
export function connectOrCreate(
  writer: RowWriter,
  target: TableModel,
  { by, create }: ConnectOrCreate,
  part: Part,
  link: OperationValues = {},
): DraftRow {
  const key = writer.list.at(part, () => keyOfInput(target, by));
  return writer.upsert(
    target,
    { key, within: null, expectedVersion: null },
    {
      create: { data: create, part: partOf(part, 'create') },
      given: link,
      update: { data: {}, given: link, part },
    },
    part,
  );
}

/** What is done with the row that an existing row refers to. */
export function writeReferencedAfterwards(
  writer: RowWriter,
  { row, relation, pairs }: Omit<Reference, 'table'> & { readonly row: DraftRow },
  input: DataInput,
  part: Part,
): void {
  const target = writer.model.table(relation.targetType);
  const [verb, value] = verbIn(input);
  const inner = partOf(part, verb);
  const referenced = () => relatedRow(target, linkValues(row, pairs));
  switch (verb) {
    case 'update': {
      const element = value as UpdateElement;
      const expectedVersion = expectedOf(element, inner);
      writer.update(target, { ...referenced(), expectedVersion }, changeOf(target, element, inner), inner);
      return;
    }
    case 'upsert': {
      const { table } = row;
      const columns = pairs.map(({ from }) => from);
      writer.list.at(inner, () => requireSettable(table, relation, columns));
      const created = updateOrCreate(writer, target, referenced(), value as UpsertElement, inner);
      writer.set(row, Object.fromEntries(pairs.map(({ from, to }) => [from, columnOf(created.row, to)])), created.part);
      return;
    }
    case 'delete': {
      if (value !== true) return;
      const { key, within } = referenced();
      const found = writer.find(target, key, within, inner);
      // Or else the foreign key would take the row along, or keep the other.
      const cleared = clearedColumns(
        row.table,
        pairs.map(({ from }) => from),
      );
      if (cleared !== null) writer.set(row, cleared, inner);
      writer.delete(target, { key: keyOfRow(found), within: null, expectedVersion: null }, inner);
    }
  }
}

/**
 * Updates a row, or creates it if it is not there. With an expected version none is created: who expects one has seen a row.
 *
 * @param link values of the new row.
 * @returns the new row, and the part of what is done only if it is created.
 */
export function updateOrCreate(
  writer: RowWriter,
  table: TableModel,
  { key, within }: Omit<Target, 'expectedVersion'>,
  element: UpsertElement,
  part: Part,
  link: OperationValues = {},
): { readonly row: DraftRow; readonly part: Part } {
  const expectedVersion = expectedOf(element, part);
  const found = writer.find(table, key, within, part, expectedVersion !== null);
  const { operation } = found;
  const update = { path: part.path, when: { operation, found: true } };
  const create = { path: part.path, when: { operation, found: false } };
  const target = { key: keyOfRow(found), within: null, expectedVersion };
  writer.update(table, target, changeOf(table, { ...element, data: element.update }, update, 'update'), update);
  const row = writer.create(table, { data: element.create, part: partOf(create, 'create') }, link);
  return { row, part: create };
}

function requireSettable(table: TableModel, { name }: RelationModel, columns: readonly string[]): void {
  const fixed = columns.find(
    (column) => table.primaryKey.names.includes(column) || table.columnByName.get(column)!.generated,
  );
  if (fixed === undefined) return;
  throw badUserInput(
    `Expected a relation whose columns can be changed, but got ${table.typeName}.${name}, which lies in ${fixed}. Update or create the other row in a field of its own.`,
    { table: table.typeName, field: name },
  );
}
