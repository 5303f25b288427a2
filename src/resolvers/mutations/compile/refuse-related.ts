import type { TableModel } from '../../../model/types.ts';
import { badUserInput } from '../../../plans/bad-user-input.ts';
import type { DataInput } from './column-values.ts';

/**
 * Rows of a bulk write travel as values of columns.
 *
 * @throws ShardQLError BAD_USER_INPUT for data with related rows.
 */
export function refuseRelated(table: TableModel, data: DataInput, verb: 'create' | 'update'): void {
  const relation = table.relations.find(({ name }) => data[name] !== undefined);
  if (relation === undefined) return;
  throw badUserInput(
    `Expected columns of ${table.typeName}, but got related rows at ${relation.name}, which are not written in bulk. Use ${verb}${table.typeName}, several of them in one request.`,
    { table: table.typeName, field: relation.name },
  );
}
