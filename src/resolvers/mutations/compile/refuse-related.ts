import type { TableModel } from '../../../model/types.ts';
import { badUserInput } from '../../../plans/bad-user-input.ts';
import type { DataInput } from './column-values.ts';
import { withInputPath } from './input-path.ts';

/**
 * Rows that conditions find are not known before they are changed: nothing can be related to them.
 *
 * @throws ShardQLError BAD_USER_INPUT for data with related rows.
 */
export function refuseRelated({ typeName, relations }: TableModel, data: DataInput): void {
  const relation = relations.find(({ name }) => data[name] !== undefined);
  if (relation === undefined) return;
  throw withInputPath(
    badUserInput(
      `Expected columns of ${typeName}, but got related rows at ${relation.name}, which updates by a filter do not write. Use update${typeName}, several of them in one transaction.`,
      { table: typeName, field: relation.name },
    ),
    ['data', relation.name],
  );
}
