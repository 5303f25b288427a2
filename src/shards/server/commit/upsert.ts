import type { TableModel } from '../../../model/types.ts';
import { ShardQLError } from '../../errors.ts';
import type { RowChanges, WireValues } from '../../operation.ts';
import { any, object } from '../shape-check.ts';
import { columnOf } from './commit-scope.ts';
import { insertRow } from './create.ts';
import { notFound, type ReadRow, seekRow, targetValues } from './locate-row.ts';
import { CHANGES, SELECTION, TARGET, VALUES, WHEN } from './members.ts';
import type { OperationKind } from './operations.ts';
import { type ColumnValue, resolveValues } from './references.ts';
import { restoreRow } from './restore.ts';
import { changeRow, columnsToRead } from './update.ts';

/** Nothing of the same shard runs in between: of two for one new key, one creates the row and the other changes it. */
export const upsertOperation: OperationKind<'upsert'> = {
  shape: object({
    kind: any,
    table: any,
    ...TARGET,
    ...CHANGES,
    create: VALUES,
    restores: any,
    unlessEqual: any,
    select: SELECTION,
    when: WHEN,
  }),

  apply(scope, table, operation) {
    const { create, expectedVersion, restores, unlessEqual, select } = operation;
    const columns = columnsToRead(table, operation);
    const compared = unlessEqual ? Object.keys(operation.set).map((name) => columnOf(table, name)) : [];
    const changes = Object.keys(operation.set).length + columns.length > 0;
    const right = changes ? 'update' : 'read';
    const row = seekRow(scope, table, operation, { right, columns: [...columns, ...compared] });
    if (row) {
      const isEqual = unlessEqual && hasValues(row, resolveValues(scope, table, operation.set));
      return changeRow(scope, table, row, isEqual ? NO_CHANGES : operation, select);
    }
    const deleted = restores ? seekRow(scope, table, operation, { right: 'read', columns, state: 'deleted' }) : null;
    if (deleted) {
      // It stands for a new one.
      scope.access?.requireCreate(table);
      restoreRow(scope, table, deleted, null);
      scope.access?.created(table, [deleted.primaryKey]);
      return { ...changeRow(scope, table, deleted, operation, select), outcomes: ['UPDATED'] };
    }
    // Who expects a version has seen a row.
    if (expectedVersion !== null) throw notFound(table, operation);
    scope.room.requireForNewRow();
    const target = targetValues(scope, table, operation);
    return ofNewRow(() =>
      insertRow(scope, table, completed(table, resolveValues(scope, table, create), target), select),
    );
  },
};

const NO_CHANGES: RowChanges = { set: {}, atomic: {} };

const hasValues = ({ values }: ReadRow, wanted: WireValues): boolean =>
  Object.entries(wanted).every(([name, value]) => values[name] === value);

/** Tells failures of a new row from those of one that is there. */
function ofNewRow<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof ShardQLError)) throw error;
    throw new ShardQLError(error.code, error.message, { ...error.details, inputPath: ['create'] });
  }
}

/** The values of a new row, with those by which it was looked for. */
function completed(table: TableModel, create: WireValues, target: readonly ColumnValue[]): WireValues {
  const values = { ...create };
  for (const [{ name }, value] of target) {
    const given = values[name];
    if (given === undefined) values[name] = value;
    else if (given !== value) throw contradiction(table, name);
  }
  return values;
}

const contradiction = ({ typeName }: TableModel, name: string): ShardQLError =>
  new ShardQLError(
    'BAD_USER_INPUT',
    `Expected ${typeName}.${name} of a row to create to be what it is looked for by, but got another value. Leave it out.`,
    { table: typeName, field: name },
  );
