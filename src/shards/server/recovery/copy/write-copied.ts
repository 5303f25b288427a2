/** Writes copied rows into the tables of the model, under their new shard key. */
import { invariant } from '../../../../lib/invariant.ts';
import type { Model, TableModel } from '../../../../model/types.ts';
import { ROW_VERSION_COLUMN } from '../../../../model/types.ts';
import { wireToBinding } from '../../../../model/wire-kinds.ts';
import { type ShardKey, shardKeyToWire } from '../../../shard-key.ts';
import type { SqlSession } from '../../../sql/sql-session.ts';
import { quoteName } from '../../../sql/sql-text.ts';
import { boundValueSql } from '../../commit/column-sql.ts';
import { isForeignKeyError, translateSqlError } from '../../commit/errors/sql-error.ts';
import { decodeImage, loggedValueBinding, loggedValueSql } from '../../log/row-image.ts';
import { CLOCK_VERSION_SQL } from '../../tables/clock-table.ts';
import { type CopiedRow, eachCopiedRow, removeCopiedRows } from '../../tables/copied-rows-table.ts';
import type { CopyStage } from '../../tables/copies-table.ts';

/** What a step writes at most, one row aside: the shard does nothing else meanwhile, for a few milliseconds. */
export interface WriteLimits {
  readonly rows: number;
  readonly bytes: number;
}

export const WRITE_LIMITS: WriteLimits = { rows: 150, bytes: 500_000 };

type Writing = Extract<CopyStage, { readonly stage: 'WRITE' }>;

interface Written {
  readonly rows: number;
  /** Null: all rows are written. */
  readonly next: Writing | null;
}

export const firstTable = (model: Model): string => model.table(model.insertOrder[0]!).sqlName;

/** The table after this one, in the order in which rows are inserted; null: it is the last. */
export function tableAfter(model: Model, sqlName: string): string | null {
  const names = model.insertOrder.map((type) => model.table(type).sqlName);
  const at = names.indexOf(sqlName);
  invariant(at >= 0, 'Expected a table of the model to copy.');
  return names[at + 1] ?? null;
}

/**
 * Writes some rows. Those that refer to rows which are not there yet wait for the next round over all tables. Once a round writes
 * nothing, rows are left that refer to each other in circles: they are written together.
 *
 * @throws ShardQLError for a row that constraints refuse under its new shard key.
 */
export function writeCopied(
  session: SqlSession,
  model: Model,
  copy: string,
  as: ShardKey,
  stage: Writing,
  limits: WriteLimits,
): Written {
  const rows = takeSome(eachCopiedRow(session, copy, stage.table, stage.after), limits);
  if (rows.length === 0) return atEndOfTable(session, model, copy, as, stage);
  const table = model.tables.find(({ sqlName }) => sqlName === stage.table)!;
  const written = rows.filter((row) => insertCopied(session, model, table, as, row)).map(({ id }) => id);
  removeCopiedRows(session, written);
  const next = { ...stage, after: rows.at(-1)!.id, hasWritten: stage.hasWritten || written.length > 0 };
  return { rows: written.length, next };
}

function takeSome(rows: Iterable<CopiedRow>, { rows: most, bytes: mostBytes }: WriteLimits): CopiedRow[] {
  const taken: CopiedRow[] = [];
  let bytes = 0;
  for (const row of rows) {
    taken.push(row);
    bytes += row.image.byteLength;
    if (taken.length >= most || bytes >= mostBytes) break;
  }
  return taken;
}

function atEndOfTable(session: SqlSession, model: Model, copy: string, as: ShardKey, stage: Writing): Written {
  const table = tableAfter(model, stage.table);
  if (table !== null) return { rows: 0, next: { ...stage, table, after: 0 } };
  const isDone = model.tables.every(
    ({ sqlName }) => takeSome(eachCopiedRow(session, copy, sqlName, 0), ONE).length === 0,
  );
  if (isDone) return { rows: 0, next: null };
  if (stage.hasWritten)
    return { rows: 0, next: { stage: 'WRITE', table: firstTable(model), after: 0, hasWritten: false } };
  return { rows: writeCircles(session, model, copy, as), next: null };
}

const ONE: WriteLimits = { rows: 1, bytes: 0 };

/** What refers to what counts at the end of the transaction. */
function writeCircles(session: SqlSession, model: Model, copy: string, as: ShardKey): number {
  session.run('PRAGMA defer_foreign_keys = ON');
  let count = 0;
  for (const table of model.tables) {
    const ids: number[] = [];
    for (const row of [...eachCopiedRow(session, copy, table.sqlName, 0)]) {
      invariant(insertCopied(session, model, table, as, row), 'Expected references that count at the end.');
      ids.push(row.id);
    }
    removeCopiedRows(session, ids);
    count += ids.length;
  }
  return count;
}

/** False: it refers to a row that is not there. */
function insertCopied(
  session: SqlSession,
  model: Model,
  table: TableModel,
  as: ShardKey,
  { image }: CopiedRow,
): boolean {
  const { shardKey, sqlName } = table;
  const values = [...decodeImage(image)].filter(([name]) => name !== ROW_VERSION_COLUMN && name !== shardKey.sqlName);
  const names = [shardKey.sqlName, ...values.map(([name]) => name), ROW_VERSION_COLUMN];
  const terms = [boundValueSql(shardKey, '?'), ...values.map(([, value]) => loggedValueSql(value)), CLOCK_VERSION_SQL];
  try {
    session.run(
      `INSERT INTO ${quoteName(sqlName)} (${names.map(quoteName).join(', ')}) VALUES (${terms.join(', ')})`,
      wireToBinding(shardKey, shardKeyToWire(shardKey, as)),
      ...values.map(([, value]) => loggedValueBinding(value)),
    );
    return true;
  } catch (error) {
    if (isForeignKeyError(error)) return false;
    throw translateSqlError(model, table, error) ?? error;
  }
}
