/** Failures of writes as the caller may see them: what its role does not see of the model is not in them either. */
import { wholeModel } from '../../model/access/role-model.ts';
import { withArticle } from '../../model/names.ts';
import type { Model, TableModel } from '../../model/types.ts';
import { type ErrorCode, type ErrorDetails, ShardQLError } from '../../shards/errors.ts';

/**
 * The same error; one that names a table, a column or a constraint which the model lacks says in general what is wrong. Code, place
 * in the arguments and whether it is worth a repeat stay.
 *
 * @param model the role's.
 */
export function shownFailure(error: unknown, model: Model): unknown {
  if (!(error instanceof ShardQLError) || model.whole === undefined) return error;
  const { table: type, field, constraint, rule: _, key: __, ...others } = error.details;
  const table = type === undefined ? undefined : model.tableByType.get(type);
  const isShown =
    (type === undefined || table !== undefined) &&
    showsField(table, field) &&
    showsConstraint(model, table, constraint);
  if (isShown) return error;
  const inputPath = others.inputPath?.filter((step, at, path) => at < path.length - 1 || step !== field);
  const details: ErrorDetails = { ...others, ...(inputPath && { inputPath }), ...(table && { table: table.typeName }) };
  return new ShardQLError(error.code, generalMessage(error.code, table), details);
}

/** Runs the work of a field that writes. */
export async function withShownFailures<T>(model: Model, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw shownFailure(error, model);
  }
}

const showsField = (table: TableModel | undefined, field: string | undefined): boolean =>
  field === undefined || table === undefined || table.columnByName.has(field) || table.relationByName.has(field);

/** Keys and references are shown whose columns are; checks, of which no columns are known, if the role knows all of the table's. */
function showsConstraint(model: Model, table: TableModel | undefined, constraint: string | undefined): boolean {
  if (constraint === undefined || table === undefined) return true;
  const [, target] = constraint.split(' → ');
  if (target !== undefined) return model.tableByType.has(target);
  if ([table.primaryKey, ...table.uniqueKeys].some(({ name }) => name === constraint)) return true;
  return table.columnByName.size === wholeModel(model).table(table.typeName).columnByName.size;
}

function generalMessage(code: ErrorCode, table: TableModel | undefined): string {
  const row = table === undefined ? 'a row' : withArticle(table.typeName);
  switch (code) {
    case 'UNIQUE_VIOLATION':
      return `Expected ${row} that differs from others, but got one whose values another row has.`;
    case 'NOT_NULL_VIOLATION':
      return `Expected ${row} with all values that it needs, but got one without.`;
    case 'CHECK_VIOLATION':
      return `Expected ${row} that satisfies its checks, but got one that does not.`;
    case 'FOREIGN_KEY_VIOLATION':
      return table === undefined
        ? 'Expected a row that nothing refers to, but got one that other rows still refer to.'
        : `Expected ${row} whose references hold, but got one whose references do not.`;
    default:
      return `Expected ${row} that the model allows, but got one that it does not.`;
  }
}
