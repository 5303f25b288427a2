/** Rows that a bulk operation finds by what they are, not by name. */
import type { TableModel, WireValue } from '../../../model/types.ts';
import { ShardQLError } from '../../errors.ts';
import { isMisfit } from '../../misfit.ts';
import { misfitError } from '../../misfit-error.ts';
import type { RowsMeant } from '../../operation.ts';
import type { PageAnswer } from '../../plan/answer.ts';
import { any, object } from '../shape-check.ts';
import type { CommitScope } from './commit-scope.ts';
import type { LocatedRow } from './locate-row.ts';
import { findStoredRows } from './stored-rows.ts';

/** The plan is checked where it is compiled. */
export const ROWS_MEANT = object<RowsMeant>({ plan: any, values: any });

/**
 * The rows that are meant, in the order of the plan's page. The plan holds the caller's rules already.
 *
 * @throws ShardQLError BAD_USER_INPUT for more than `atMost`.
 */
export function findMeantRows(
  { plans, session, shardKeys, visibleOnly, access }: CommitScope,
  table: TableModel,
  { plan, values }: RowsMeant,
  atMost: number,
): LocatedRow[] {
  access?.willRead(plan);
  const call = { plan, values, keys: [[]], shardKeys: [...shardKeys] };
  const [page] = plans.run(session, call, { visibleOnly }) as [PageAnswer];
  if (page.hasMore || page.rows.length > atMost) throw tooMany(table, atMost);
  const primaryKeys = page.rows as readonly (readonly WireValue[])[];
  const misfit = page.rows.flat().find(isMisfit);
  if (misfit) throw misfitError(misfit);
  return findStoredRows(session, table, table.primaryKey, primaryKeys).filter((row) => row !== null);
}

const tooMany = ({ typeName, list }: TableModel, atMost: number): ShardQLError =>
  new ShardQLError(
    'BAD_USER_INPUT',
    `Expected at most ${atMost.toLocaleString('en-US')} ${list}, but got more; nothing is written. Ask for fewer, or raise atMost.`,
    { table: typeName, inputPath: ['atMost'] },
  );
