/** What of a run is not done in steps, for operators: how long it may take is to be known before it is tried. */
import type { PlannedMigration } from '../../../migration-plan.ts';
import type { ChangeAtOnce } from '../../../migration-report.ts';
import type { ReadSession } from '../../../sql/sql-session.ts';
import { quoteName, ROW_ID } from '../../../sql/sql-text.ts';
import { isWord, parseColumnDrop, rowEffect, tokensOf } from '../sql-parts.ts';
import { mentions } from './by-row.ts';
import { parseIndexOf } from './parse-statements.ts';
import { placeOf, type Rebuild } from './rebuild.ts';

/** Of CPU for each row of the table, about, as measured: see decision 0119. */
const MICROSECONDS = { rows: 20, index: 3 } as const;

/** How a statement works through a table as a whole. Null: it does not, as far as is known. */
function wayOf(sql: string, table: string): keyof typeof MICROSECONDS | null {
  if (!mentions(sql, table)) return null;
  if (parseIndexOf(sql, table)) return 'index';
  const isDrop = parseColumnDrop(sql)?.table === table && !isWord(tokensOf(sql)[4], 'CONSTRAINT');
  return isDrop || rowEffect(sql).kind === 'rows' ? 'rows' : null;
}

interface Known {
  /** What they do is done in steps. */
  readonly copied: readonly Pick<Rebuild, 'parts'>[];
  /** Those that change few rows. The indexes that they make are of all rows. */
  readonly small?: readonly Pick<Rebuild, 'parts'>[];
}

/** Statements that change, or read, all rows of a table there is. */
export const statementsAtOnce = (
  tables: readonly string[],
  run: readonly PlannedMigration[],
  { copied, small = [] }: Known,
): { readonly table: string; readonly sql: string; readonly microseconds: number }[] =>
  run.flatMap((migration) =>
    migration.statements.flatMap((sql, index) => {
      const isOf = ({ parts }: Pick<Rebuild, 'parts'>) => parts.has(placeOf(migration, index));
      if (copied.some(isOf)) return [];
      return tables.flatMap((table) => {
        const way = wayOf(sql, table);
        const isSmall = way !== 'index' && small.some(isOf);
        return way === null || isSmall ? [] : [{ table, sql, microseconds: MICROSECONDS[way] }];
      });
    }),
  );

/** The same of a shard, by table: those of more than `rows` rows, if it takes more than a second; the one that takes longest first. */
export function changesAtOnce(
  session: ReadSession,
  tables: readonly string[],
  run: readonly PlannedMigration[],
  { rows, ...known }: Known & { readonly rows: number },
): ChangeAtOnce[] {
  const microsecondsByTable = new Map<string, number>();
  for (const { table, microseconds } of statementsAtOnce(tables, run, known)) {
    microsecondsByTable.set(table, (microsecondsByTable.get(table) ?? 0) + microseconds);
  }
  return [...microsecondsByTable]
    .map(([table, microseconds]) => {
      const most = mostRows(session, table);
      return { table, rows: most, seconds: Math.ceil((most * microseconds) / 1e6) };
    })
    .filter((change) => change.rows > rows && change.seconds > 1)
    .sort((a, b) => b.seconds - a.seconds);
}

/** By row ids: to count them takes as long as to read the table. */
const mostRows = (session: ReadSession, table: string): number =>
  session.row(
    `SELECT coalesce(CAST((SELECT max(${ROW_ID}) FROM ${quoteName(table)}) - (SELECT min(${ROW_ID}) FROM ${quoteName(table)}) AS REAL) + 1, 0)`,
  )![0] as number;
