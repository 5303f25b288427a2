/** To-many relations: the other rows hold the columns and refer to the row. */
import type { RelationModel } from '../../../../model/types.ts';
import type { KeyInput } from '../../../../plans/arguments/row-key.ts';
import type { DataInput } from '../column-values.ts';
import { requireClearable } from './cleared-columns.ts';
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
import { type DraftRow, keyOfInput, linkValues } from './related-rows.ts';
import type { ColumnPair } from './relation-columns.ts';
import type { RowWriter } from './row-writer.ts';

export interface Referring {
  /** Which the others refer to. */
  readonly row: DraftRow;
  readonly relation: RelationModel;
  readonly pairs: readonly ColumnPair[];
}

/**
 * Rows go before others take their places: delete, disconnect, set, update, upsert, connect, connectOrCreate, create. Those that
 * are named to be changed must be related to the row.
 */
export function writeReferring(
  writer: RowWriter,
  { row, relation, pairs }: Referring,
  input: DataInput,
  part: Part,
): void {
  const table = writer.model.table(relation.targetType);
  const link = linkValues(row, pairs);
  const within = pairs.length === 0 ? null : link;
  const columns = pairs.map(({ to }) => to);
  const keyOf = (by: KeyInput, inner: Part) => writer.list.at(inner, () => keyOfInput(table, by));
  for (const { element, part: inner } of elementsOf<DeleteElement>(input, 'delete', part)) {
    const expectedVersion = expectedOf(element, inner);
    const key = keyOf(element.by, inner);
    writer.delete(table, { key, within, expectedVersion }, inner);
  }
  for (const { element, part: inner } of elementsOf<KeyInput>(input, 'disconnect', part)) {
    const given = writer.list.at(inner, () => requireClearable(table, relation, columns));
    const target = { key: keyOf(element, inner), within, expectedVersion: null };
    writer.update(table, target, { data: {}, given, part: inner }, inner);
  }
  if (input.set !== undefined) {
    const all = partOf(part, 'set');
    const set = writer.list.at(all, () => requireClearable(table, relation, columns));
    const kept = elementsOf<KeyInput>(input, 'set', part).map(({ element, part: inner }) => ({
      row: writer.find(table, keyOf(element, inner), null, inner),
      inner,
    }));
    writer.unlink(
      table,
      link,
      set,
      kept.map(({ row: found }) => found),
      all,
    );
    for (const { row: found, inner } of kept) writer.set(found, link, inner);
  }
  for (const { element, part: inner } of elementsOf<Named<UpdateElement>>(input, 'update', part)) {
    const target = { key: keyOf(element.by, inner), within, expectedVersion: expectedOf(element, inner) };
    writer.update(table, target, changeOf(table, element, inner), inner);
  }
  for (const { element, part: inner } of elementsOf<Named<UpsertElement>>(input, 'upsert', part)) {
    const target = { key: keyOf(element.by, inner), within, expectedVersion: expectedOf(element, inner) };
    const update = changeOf(table, { ...element, data: element.update }, inner, 'update');
    writer.upsert(table, target, { create: { data: element.create, part: partOf(inner, 'create') }, update }, inner);
  }
  for (const { element, part: inner } of elementsOf<KeyInput>(input, 'connect', part)) {
    const key = keyOf(element, inner);
    // Rows of one shard key are related as they are.
    if (within === null) writer.find(table, key, null, inner);
    else {
      const target = { key, within: null, expectedVersion: null };
      writer.update(table, target, { data: {}, given: link, part: inner }, inner);
    }
  }
  for (const { element, part: inner } of elementsOf<ConnectOrCreate>(input, 'connectOrCreate', part)) {
    connectOrCreate(writer, table, element, inner, link);
  }
  for (const { element, part: inner } of elementsOf<DataInput>(input, 'create', part)) {
    writer.create(table, { data: element, part: inner }, link);
  }
}
