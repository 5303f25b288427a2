/** Many-to-many relations: rows of a join table link the two. */
import type { RelationModel } from '../../../../model/types.ts';
import type { KeyInput } from '../../../../plans/arguments/row-key.ts';
import type { OperationValues } from '../../../../shards/operation.ts';
import type { DataInput } from '../column-values.ts';
import {
  type ConnectOrCreate,
  changeOf,
  type DeleteElement,
  elementsOf,
  expectedOf,
  type Named,
  type UpdateElement,
  type UpsertElement,
} from './elements.ts';
import { type Part, partOf } from './operation-list.ts';
import { connectOrCreate } from './referenced-row.ts';
import { type DraftRow, keyAmong, keyModelAmong, keyOfInput, keyOfRow, linkValues } from './related-rows.ts';
import type { RelationColumns } from './relation-columns.ts';
import type { RowWriter } from './row-writer.ts';

interface Linked {
  readonly row: DraftRow;
  readonly relation: RelationModel;
  readonly columns: Extract<RelationColumns, { readonly holder: 'join' }>;
}

/** In the order of rows that refer to a row: what is taken away first. Rows that are named to be changed must be linked. */
export function writeLinked(writer: RowWriter, { row, relation, columns }: Linked, input: DataInput, part: Part): void {
  const { join, ofSource, ofTarget } = columns;
  const table = writer.model.table(relation.targetType);
  const ofRow = linkValues(row, ofSource);
  const linkTo = (other: DraftRow): OperationValues => ({ ...ofRow, ...linkValues(other, ofTarget) });
  const find = (by: KeyInput, inner: Part, required = true): DraftRow =>
    writer.find(
      table,
      writer.list.at(inner, () => keyOfInput(table, by)),
      null,
      inner,
      required,
    );
  const unlink = (other: DraftRow, inner: Part): void => writer.unlink(join, linkTo(other), null, [], inner, true);
  const requireLink = (other: DraftRow, inner: Part) => writer.findAny(join, linkTo(other), inner);
  const link = (other: DraftRow, inner: Part) => addLink(writer, { ...columns, values: linkTo(other) }, inner);

  for (const { element, part: inner } of elementsOf<DeleteElement>(input, 'delete', part)) {
    const other = find(element.by, inner);
    const expectedVersion = expectedOf(element, inner);
    unlink(other, inner);
    const key = keyOfRow(other);
    writer.delete(table, { key, within: null, expectedVersion }, inner);
  }
  for (const { element, part: inner } of elementsOf<KeyInput>(input, 'disconnect', part)) {
    unlink(find(element, inner), inner);
  }
  if (input.set !== undefined) {
    const kept = elementsOf<KeyInput>(input, 'set', part).flatMap(({ element, part: inner }) =>
      link(find(element, inner), inner),
    );
    writer.unlink(join, ofRow, null, kept, partOf(part, 'set'));
  }
  for (const { element, part: inner } of elementsOf<Named<UpdateElement>>(input, 'update', part)) {
    const other = find(element.by, inner);
    requireLink(other, inner);
    const target = { key: keyOfRow(other), within: null, expectedVersion: expectedOf(element, inner) };
    writer.update(table, target, changeOf(table, element, inner), inner);
  }
  for (const { element, part: inner } of elementsOf<Named<UpsertElement>>(input, 'upsert', part)) {
    const other = find(element.by, inner, false);
    const found = { path: inner.path, when: { operation: other.operation, found: true } };
    requireLink(other, found);
    const key = writer.list.at(inner, () => keyOfInput(table, element.by));
    const target = { key, within: null, expectedVersion: expectedOf(element, inner) };
    const update = changeOf(table, { ...element, data: element.update }, inner, 'update');
    const create = { data: element.create, part: partOf(inner, 'create') };
    const written = writer.upsert(table, target, { create, update }, inner);
    link(written, { path: inner.path, when: { operation: other.operation, found: false } });
  }
  for (const { element, part: inner } of elementsOf<KeyInput>(input, 'connect', part)) {
    link(find(element, inner), inner);
  }
  for (const { element, part: inner } of elementsOf<ConnectOrCreate>(input, 'connectOrCreate', part)) {
    link(connectOrCreate(writer, table, element, inner), inner);
  }
  for (const { element, part: inner } of elementsOf<DataInput>(input, 'create', part)) {
    const other = writer.create(table, { data: element, part: inner });
    // What is nested in a new row may have linked it already, and so may a row of the join table that has outlived another.
    if (join.softDelete !== null || table.relations.some(({ name }) => element[name] !== undefined)) link(other, inner);
    else writer.create(join, { data: {}, part: inner }, linkTo(other));
  }
}

/** The row of the join table for these values: that which is there, or was and is kept, or a new one. One of the rows is written. */
function addLink(
  writer: RowWriter,
  { join, values }: { readonly join: Linked['columns']['join']; readonly values: OperationValues },
  part: Part,
): DraftRow[] {
  const among = keyAmong(join, values);
  if (among !== null) {
    const target = { ...among, expectedVersion: null };
    // A key that only rows have to themselves that are not deleted is free.
    const restores = keyModelAmong(join, values)?.liveOnly === false;
    const upsert = { create: { data: {}, part }, update: { data: {}, part }, restores };
    return [writer.upsert(join, target, upsert, part)];
  }
  const found = writer.findAny(join, values, part, false);
  const missing = { path: part.path, when: { operation: found.operation, found: false } };
  return [found, writer.create(join, { data: {}, part: missing }, values)];
}
