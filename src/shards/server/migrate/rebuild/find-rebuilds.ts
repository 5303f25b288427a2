/**
 * Finds the tables that a run of migrations rebuilds as `db:generate` writes it (a new table, all rows copied one by one, the old one
 * dropped, the new one renamed), so that the copy can be made before the run, in steps.
 */
import { fnv1a64 } from '../../../../lib/fnv1a.ts';
import type { CheckedColumn, PlannedMigration } from '../../../migration-plan.ts';
import type { MigrationProblem } from '../../../migration-report.ts';
import { quoteName } from '../../../sql/sql-text.ts';
import {
  isWord,
  itemsOf,
  parseInsertSelect,
  rowEffect,
  shortSql,
  type Token,
  tokensOf,
  unquoted,
} from '../sql-parts.ts';
import { COPY_PREFIX, NEW_PREFIX } from '../stored-table.ts';
import { withoutOwnName } from './own-name.ts';

/** What a statement of the run does for a rebuild. `index`: it makes an index of the new table. */
export type RebuildPart = 'create' | 'copy' | 'drop' | 'rename' | 'index';

export interface Rebuild {
  /** Name of the table. */
  readonly table: string;
  /** Of all that decides what the copy holds. */
  readonly id: string;
  /** Makes the copy, without rows. */
  readonly createCopy: string;
  /** Columns of the copy that get values, and what they get, as SQL over a row of the table. */
  readonly columns: readonly string[];
  readonly values: readonly string[];
  /** Statements that make unique indexes of the new table. */
  readonly uniqueIndexes: readonly string[];
  /** Columns whose values the new table must have of the model. */
  readonly checks: readonly CheckedColumn[];
  /** The statement that copies the rows, as it is shown. */
  readonly at: Pick<MigrationProblem, 'tag' | 'statement' | 'statements' | 'sql'>;
  /** Statements that belong to it, by {@link placeOf}. */
  readonly parts: ReadonlyMap<string, RebuildPart>;
}

/** A statement of a run, by migration and position in it. */
export const placeOf = (migration: Pick<PlannedMigration, 'tag'>, index: number): string => `${migration.tag}#${index}`;

interface Placed {
  readonly place: string;
  readonly at: Rebuild['at'];
  readonly sql: string;
}

/** Those that can be made in steps as far as the statements tell. */
export function findRebuilds(run: readonly PlannedMigration[]): Rebuild[] {
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
  return statements.flatMap((_, at) => rebuildAt(statements, at, checks) ?? []);
}

function rebuildAt(statements: readonly Placed[], at: number, allChecks: readonly CheckedColumn[]): Rebuild | null {
  const [create, copy, drop, rename] = statements.slice(at, at + 4);
  if (!create || !copy || !drop || !rename) return null;
  const source = parseCopy(copy.sql);
  if (source === null) return null;
  const { table, columns, values } = source;
  const createCopy = createdUnder(create.sql, NEW_PREFIX + table, COPY_PREFIX + table);
  const [dropped, renamed] = [rowEffect(drop.sql), rowEffect(rename.sql)];
  const isWhole =
    createCopy !== null &&
    (dropped.kind === 'drop' && dropped.table) === table &&
    renamed.kind === 'rename' &&
    renamed.from === NEW_PREFIX + table &&
    renamed.to === table;
  if (!isWhole) return null;
  const others = statements.filter((_, index) => index < at || index >= at + 4).filter(({ sql }) => names(sql, table));
  const after = statements.slice(at + 4);
  const indexes = others.filter((other) => after.includes(other) && isIndexOf(other.sql, table));
  // Whatever else is done to the table would be done to another one.
  if (!others.every((other) => indexes.includes(other) || isWord(tokensOf(other.sql)[1], 'TABLE'))) return null;
  if (others.some(({ sql }) => !isWord(tokensOf(sql)[0], 'CREATE'))) return null;
  const uniqueIndexes = indexes.map(({ sql }) => sql).filter((sql) => isWord(tokensOf(sql)[1], 'UNIQUE'));
  const checks = allChecks.filter((check) => check.table === table);
  return {
    ...{ table, createCopy, columns, values, uniqueIndexes, checks, at: copy.at },
    id: fnv1a64(JSON.stringify([createCopy, columns, values, uniqueIndexes, checks])),
    parts: new Map([
      [create.place, 'create'],
      [copy.place, 'copy'],
      [drop.place, 'drop'],
      [rename.place, 'rename'],
      ...indexes.map(({ place }): [string, RebuildPart] => [place, 'index']),
    ]),
  };
}

/** `CREATE TABLE name (…)` with another name; null: it is none of `name`. */
function createdUnder(sql: string, name: string, other: string): string | null {
  const [create, table, named, columns, ...rest] = tokensOf(sql);
  if (!isWord(create, 'CREATE') || !isWord(table, 'TABLE') || unquoted(named?.text ?? '') !== name) return null;
  if (!columns?.text.startsWith('(') || rest.length > 0) return null;
  if (/\b(AUTOINCREMENT|COLLATE|ON\s+CONFLICT)\b/i.test(columns.text)) return null;
  return `CREATE TABLE ${quoteName(other)} ${withoutOwnName(columns.text, name)}`;
}

/** Texts and names. */
const QUOTED = /'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]/g;
/** What makes one row of several, or depends on other rows; a function by a quoted name may be any. */
const NOT_BY_ROW =
  /""\s*\(|\b(select|distinct|over|count|sum|total|avg|min|max|group_concat|string_agg|json_group_array|json_group_object|jsonb_group_array|jsonb_group_object|rowid|_rowid_|oid)\b/i;

interface Copy {
  readonly table: string;
  readonly columns: readonly string[];
  readonly values: readonly string[];
}

/** `INSERT INTO __new_table (columns) SELECT values FROM table`, of each row by itself. */
function parseCopy(sql: string): Copy | null {
  const insert = parseInsertSelect(sql);
  if (insert === null) return null;
  const tokens = tokensOf(insert.select);
  const from = tokens.findIndex((token) => isWord(token, 'FROM'));
  const [select, source] = [tokens[0], tokens[from + 1]];
  if (!isWord(select, 'SELECT') || from < 2 || !source || tokens.length !== from + 2) return null;
  const list = insert.select.slice(select!.end, tokens[from]!.start).trim();
  const table = unquoted(source.text);
  if (insert.table !== NEW_PREFIX + table || NOT_BY_ROW.test(list.replace(QUOTED, '""'))) return null;
  const values = itemsOf(`(${list})`);
  return values.length === insert.columns.length ? { table, columns: insert.columns, values } : null;
}

/** Whether the name stands in it, or may. */
const names = (sql: string, table: string): boolean => {
  const text = sql.toLowerCase();
  const name = table.toLowerCase();
  const isPartOfName = (character: string | undefined) =>
    character !== undefined && /[\w$\u0080-\uffff]/.test(character);
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
    if (!isPartOfName(text[at - 1]) && !isPartOfName(text[at + name.length])) return true;
  }
  return false;
};

/** `CREATE [UNIQUE] INDEX name ON table (…)`. */
function isIndexOf(sql: string, table: string): boolean {
  const tokens = tokensOf(sql);
  const isIndex = isWord(tokens[1], 'INDEX') || (isWord(tokens[1], 'UNIQUE') && isWord(tokens[2], 'INDEX'));
  const on: Token | undefined = tokens[tokens.findIndex((token) => isWord(token, 'ON')) + 1];
  return isWord(tokens[0], 'CREATE') && isIndex && unquoted(on?.text ?? '') === table;
}
