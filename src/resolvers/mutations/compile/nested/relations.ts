/** Relations in the data of a row: which of them are written before the row, and which after it. */
import { withArticle } from '../../../../model/names.ts';
import type { RelationModel, TableModel } from '../../../../model/types.ts';
import { badUserInput } from '../../../../plans/bad-user-input.ts';
import type { OperationValue, OperationValues } from '../../../../shards/operation.ts';
import type { DataInput } from '../column-values.ts';
import { refuseNull } from '../refuse-null.ts';
import { writeLinked } from './linked-rows.ts';
import { type Part, partOf } from './operation-list.ts';
import { writeReferenced, writeReferencedAfterwards } from './referenced-row.ts';
import { writeReferringRow } from './referring-row.ts';
import { writeReferring } from './referring-rows.ts';
import type { DraftRow } from './related-rows.ts';
import { relationColumns } from './relation-columns.ts';
import type { RowWriter } from './row-writer.ts';

type Verb = 'create' | 'update';

/** True if data holds more than columns. */
export const hasNested = ({ relations }: TableModel, data: DataInput): boolean =>
  relations.some(({ name }) => data[name] !== undefined);

/**
 * Writes the rows that a row with this data refers to.
 *
 * @param given columns of the row that are given otherwise.
 * @returns the values of its columns that refer to them.
 */
export function addReferenced(
  writer: RowWriter,
  table: TableModel,
  data: DataInput,
  given: OperationValues,
  part: Part,
): OperationValues {
  const values: Record<string, OperationValue> = {};
  for (const { relation, input } of nestedIn(table, data)) {
    const inner = partOf(part, relation.name);
    const columns = writer.list.at(inner, () => {
      requireColocated(table, relation);
      requireInput(table, relation, input, inner);
      return relationColumns(relation, table, writer.model);
    });
    if (columns.holder !== 'source') continue;
    const found = writeReferenced(writer, { table, relation, pairs: columns.pairs }, input as DataInput, inner);
    for (const [name, value] of Object.entries(found)) {
      if (name in values || (name in given && name !== table.shardKey.name)) {
        writer.list.at(inner, () => {
          throw badUserInput(
            `Expected one value for ${table.typeName}.${name}, but got another from ${relation.name}.`,
            { table: table.typeName, field: name },
          );
        });
      }
      values[name] = value;
    }
  }
  return values;
}

/** Writes the rows that refer to a row with this data, or are linked to it, and those that can be written only once it is known. */
export function addReferring(writer: RowWriter, row: DraftRow, data: DataInput, verb: Verb, part: Part): void {
  const { table } = row;
  for (const { relation, input } of nestedIn(table, data)) {
    const inner = partOf(part, relation.name);
    const columns = relationColumns(relation, table, writer.model);
    const nested = input as DataInput;
    if (columns.holder === 'join') writeLinked(writer, { row, relation, columns }, nested, inner);
    else if (columns.holder === 'source') {
      writeReferencedAfterwards(writer, { row, relation, pairs: columns.pairs }, nested, inner);
    } else if (relation.kind === 'many') writeReferring(writer, { row, relation, pairs: columns.pairs }, nested, inner);
    else writeReferringRow(writer, { row, relation, pairs: columns.pairs, verb }, nested, inner);
  }
}

const nestedIn = ({ relations }: TableModel, data: DataInput) =>
  relations.flatMap((relation) => {
    const input = data[relation.name];
    return input === undefined ? [] : [{ relation, input }];
  });

function requireInput(table: TableModel, { name }: RelationModel, input: unknown, { path }: Part): void {
  if (input !== null) {
    refuseNull(input as DataInput, path);
    return;
  }
  throw badUserInput(
    `Expected what to do with ${table.typeName}.${name}, but got null. Leave it out to leave its rows as they are.`,
    { table: table.typeName, field: name },
  );
}

function requireColocated(table: TableModel, { name, colocated, targetType, kind, from }: RelationModel): void {
  if (colocated) return;
  const link = kind === 'one' ? `, and set ${from.join(', ')} here` : '';
  throw badUserInput(
    `Expected a relation whose rows lie in the shard of ${withArticle(table.typeName)}, but got ${table.typeName}.${name}, whose rows may lie in others: one transaction cannot write both. Write ${targetType} in a field of its own${link}.`,
    { table: table.typeName, field: name },
  );
}
