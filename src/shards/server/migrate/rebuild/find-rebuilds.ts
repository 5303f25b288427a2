/** Finds the tables that a run of migrations changes row by row, so that it can be done to a copy of the table before the run, in steps. */
import type { PlannedMigration } from '../../../migration-plan.ts';
import type { ReadSession } from '../../../sql/sql-session.ts';
import { isWord, parseColumnDrop, parseUpdate, rowEffect, shortSql, tokensOf, unquoted } from '../sql-parts.ts';
import { mentions } from './by-row.ts';
import { composeRebuild, type Placed } from './compose-rebuild.ts';
import { parseCopy } from './parse-statements.ts';
import { placeOf, type Rebuild } from './rebuild.ts';

/**
 * Those that can be made in steps as far as the statements tell.
 *
 * @param isEnforced whether foreign keys are enforced while the run is made: they are not while a copy takes a table's place, so then no
 * statement of the run may need it.
 */
export function findRebuilds(session: ReadSession, run: readonly PlannedMigration[], isEnforced: boolean): Rebuild[] {
  const statements = run.flatMap((migration) =>
    migration.statements.map(
      (sql, index): Placed => ({
        place: placeOf(migration, index),
        at: {
          ...{ tag: migration.tag, statement: index + 1, statements: migration.statements.length },
          sql: shortSql(sql),
        },
        sql,
      }),
    ),
  );
  const checks = run.flatMap((migration) => migration.checks);
  const rebuilds = [...new Set(statements.flatMap(({ sql }) => changedTable(sql) ?? []))].flatMap(
    (table) => composeRebuild(session, table, statements, checks) ?? [],
  );
  const isOther = ({ place }: Placed) => !rebuilds.some(({ parts }) => parts.has(place));
  const needsEnforcement =
    isEnforced && statements.some((each) => isOther(each) && rowEffect(each.sql).kind !== 'none');
  return needsEnforcement || (isEnforced && rebuilds.some(({ isReplaced }) => isReplaced)) ? [] : rebuilds;
}

/** The table that a statement copies, changes rows of, takes a column of, or indexes. */
function changedTable(sql: string): string | null {
  const tokens = tokensOf(sql);
  if (isWord(tokens[0], 'CREATE')) {
    const on = tokens[tokens.findIndex((token) => isWord(token, 'ON')) + 1];
    return isWord(tokens[1], 'TABLE') || !mentions(sql, 'INDEX') ? null : unquoted(on?.text ?? '');
  }
  return parseCopy(sql)?.table ?? parseUpdate(sql)?.table ?? parseColumnDrop(sql)?.table ?? null;
}
