/** To-one relations whose columns the other row holds: it refers to the row. */
import type { KeyInput } from '../../../../plans/arguments/row-key.ts';
import type { WireValues } from '../../../../shards/operation.ts';
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
import { connectOrCreate, updateOrCreate } from './referenced-row.ts';
import type { Referring } from './referring-rows.ts';
import { type DraftRow, keyOfInput, linkValues, relatedRow } from './related-rows.ts';
import type { RowWriter } from './row-writer.ts';

/** @param verb a new row has no other that would have to make place. */
export function writeReferringRow(
  writer: RowWriter,
  { row, relation, pairs, verb }: Referring & { readonly verb: 'create' | 'update' },
  input: DataInput,
  part: Part,
): void {
  const table = writer.model.table(relation.targetType);
  const link = linkValues(row, pairs);
  const columns = pairs.map(({ to }) => to);
  const [action, value] = verbIn(input);
  const inner = partOf(part, action);
  const related = () => relatedRow(table, link);
  const unlink = (set: WireValues | null, keep: readonly DraftRow[]): void => {
    if (set !== null) writer.unlink(table, link, set, keep, inner);
  };
  const makePlace = (keep: readonly DraftRow[]): void => {
    if (verb === 'update') unlink(clearedColumns(table, columns), keep);
  };
  switch (action) {
    case 'create':
      makePlace([]);
      writer.create(table, { data: value as DataInput, part: inner }, link);
      return;
    case 'connect': {
      const key = writer.list.at(inner, () => keyOfInput(table, value as KeyInput));
      const found = writer.find(table, key, null, inner);
      makePlace([found]);
      if (columns.length > 0) writer.set(found, link, inner);
      return;
    }
    case 'connectOrCreate': {
      const element = value as ConnectOrCreate;
      const key = writer.list.at(inner, () => keyOfInput(table, element.by));
      makePlace(verb === 'update' ? [writer.find(table, key, null, inner, false)] : []);
      connectOrCreate(writer, table, element, inner, link);
      return;
    }
    case 'disconnect':
      if (value === true)
        unlink(
          writer.list.at(inner, () => requireClearable(table, relation, columns)),
          [],
        );
      return;
    case 'update': {
      const element = value as UpdateElement;
      const expectedVersion = expectedOf(element, inner);
      writer.update(table, { ...related(), expectedVersion }, changeOf(table, element, inner), inner);
      return;
    }
    case 'upsert':
      updateOrCreate(writer, table, related(), value as UpsertElement, inner, link);
      return;
    case 'delete':
      if (value !== true) return;
      writer.delete(table, { ...related(), expectedVersion: null }, inner);
  }
}
