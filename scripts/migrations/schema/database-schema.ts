/** What SQLite says its tables are. Two databases with equal schemas keep the same rows and hold them to the same rules. */
import type { DatabaseSync } from 'node:sqlite';
import { canonicalSql, isName, type SqlToken, sqlTokens, withoutQualifiers } from './sql-tokens.ts';

/** By name. */
export type DatabaseSchema = ReadonlyMap<string, DatabaseTable>;

export interface DatabaseTable {
  readonly name: string;
  /** By name. */
  readonly columns: ReadonlyMap<string, DatabaseColumn>;
  /** What a row must keep beyond its columns: keys, references, checks. Texts to compare and to show. */
  readonly constraints: readonly string[];
  readonly foreignKeys: readonly DatabaseForeignKey[];
  /** By name; texts to compare and to show. */
  readonly indexes: ReadonlyMap<string, string>;
}

export interface DatabaseColumn {
  readonly name: string;
  readonly type: string;
  readonly notNull: boolean;
  /** SQL text; null where there is none. */
  readonly default: string | null;
  /** Place in the primary key, from 1; 0 outside. */
  readonly keyPosition: number;
  readonly generated: 'stored' | 'virtual' | null;
  /** Of a generated column, to compare. */
  readonly expression: string | null;
}

export interface DatabaseForeignKey {
  readonly table: string;
  readonly from: readonly string[];
  readonly to: readonly (string | null)[];
  readonly onDelete: string;
  readonly onUpdate: string;
}

type Row = Readonly<Record<string, string | number | null>>;

export function readSchema(database: DatabaseSync): DatabaseSchema {
  const tables = database
    .prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'")
    .all() as Row[];
  return new Map(tables.map(({ name, sql }) => [name as string, readTable(database, name as string, sql as string)]));
}

/** One of the tables that there are. */
export function readTableNamed(database: DatabaseSync, name: string): DatabaseTable {
  const { sql } = database.prepare("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?").get(name) as Row;
  return readTable(database, name, sql as string);
}

function readTable(database: DatabaseSync, name: string, sql: string): DatabaseTable {
  const rows = (text: string): Row[] => database.prepare(text).all(name) as Row[];
  const definitions = readDefinitions(sql);
  const foreignKeys = readForeignKeys(rows('SELECT * FROM pragma_foreign_key_list(?) ORDER BY id, seq'));
  const columns = rows('SELECT * FROM pragma_table_xinfo(?)').map((row) => readColumn(row, definitions, name));
  const indexes = rows(
    'SELECT l.name, l."unique", l.origin, s.sql FROM pragma_index_list(?1) l LEFT JOIN sqlite_schema s ON s.name = l.name',
  );
  const ownKeys = indexes.filter(({ origin }) => origin === 'u').map((index) => readUnique(database, index));
  return {
    name,
    columns: new Map(columns.map((column) => [column.name, column])),
    constraints: [
      ...foreignKeys.map(foreignKeyText),
      ...definitions.flatMap((definition) => readChecks(definition, name)),
      ...ownKeys,
      ...readOptions(sql),
    ].sort(),
    foreignKeys,
    indexes: new Map(
      indexes
        .filter(({ origin }) => origin === 'c')
        .map((index) => [index.name as string, readIndex(index.sql as string, name)]),
    ),
  };
}

const HIDDEN_GENERATED: Readonly<Record<number, 'virtual' | 'stored'>> = { 2: 'virtual', 3: 'stored' };

function readColumn(row: Row, definitions: readonly (readonly SqlToken[])[], tableName: string): DatabaseColumn {
  const name = row.name as string;
  const definition = definitions.find(([first]) => isName(first) && first!.text.toLowerCase() === name.toLowerCase());
  return {
    name,
    type: (row.type as string).toLowerCase().replace(/\s*generated always$/, ''),
    notNull: row.notnull === 1,
    default: row.dflt_value === null ? null : String(row.dflt_value),
    keyPosition: row.pk as number,
    generated: HIDDEN_GENERATED[row.hidden as number] ?? null,
    expression: definition === undefined ? null : readExpression(definition, tableName),
  };
}

/** The expression of `GENERATED ALWAYS AS (…)`. */
function readExpression(definition: readonly SqlToken[], tableName: string): string | null {
  const at = definition.findIndex(({ kind, text }) => kind === 'word' && text.toLowerCase() === 'as');
  if (at < 0) return null;
  return canonicalSql(withoutQualifiers(parenthesized(definition, at + 1), tableName));
}

function readChecks(definition: readonly SqlToken[], tableName: string): string[] {
  return definition.flatMap(({ kind, text }, at) => {
    if (kind !== 'word' || text.toLowerCase() !== 'check' || definition[at + 1]?.text !== '(') return [];
    const isNamed = definition[at - 2]?.text.toLowerCase() === 'constraint';
    const name = isNamed ? ` ${JSON.stringify(definition[at - 1]!.text)}` : '';
    const expression = canonicalSql(withoutQualifiers(parenthesized(definition, at + 1), tableName));
    return [`check${name} (${expression})`];
  });
}

/** The parts of a CREATE TABLE statement between its outermost parentheses, by comma. */
function readDefinitions(sql: string): SqlToken[][] {
  const tokens = sqlTokens(sql);
  const definitions: SqlToken[][] = [[]];
  let depth = 0;
  for (const token of parenthesized(
    tokens,
    tokens.findIndex(({ kind, text }) => kind === 'symbol' && text === '('),
  )) {
    if (token.kind === 'symbol' && token.text === '(') depth++;
    if (token.kind === 'symbol' && token.text === ')') depth--;
    if (token.kind === 'symbol' && token.text === ',' && depth === 0) definitions.push([]);
    else definitions.at(-1)!.push(token);
  }
  return definitions;
}

/** What stands between the parenthesis at a place and the one that closes it. */
function parenthesized(tokens: readonly SqlToken[], open: number): SqlToken[] {
  let depth = 0;
  for (let at = open; at < tokens.length; at++) {
    if (tokens[at]!.kind !== 'symbol') continue;
    if (tokens[at]!.text === '(') depth++;
    if (tokens[at]!.text === ')' && --depth === 0) return tokens.slice(open + 1, at);
  }
  return tokens.slice(open + 1);
}

function readForeignKeys(rows: readonly Row[]): DatabaseForeignKey[] {
  const byId = Map.groupBy(rows, ({ id }) => id);
  return [...byId.values()].map((group) => ({
    table: group[0]!.table as string,
    from: group.map(({ from }) => from as string),
    to: group.map(({ to }) => to as string | null),
    onDelete: (group[0]!.on_delete as string).toLowerCase(),
    onUpdate: (group[0]!.on_update as string).toLowerCase(),
  }));
}

const foreignKeyText = ({ table, from, to, onDelete, onUpdate }: DatabaseForeignKey): string =>
  `foreign key (${from.join(', ')}) references ${table} (${to.join(', ')}) on delete ${onDelete} on update ${onUpdate}`;

function readUnique(database: DatabaseSync, { name }: Row): string {
  const columns = database.prepare('SELECT name FROM pragma_index_info(?) ORDER BY seqno').all(name!) as Row[];
  return `unique (${columns.map((column) => column.name).join(', ')})`;
}

function readIndex(sql: string, tableName: string): string {
  const tokens = sqlTokens(sql);
  const on = tokens.findIndex(({ kind, text }) => kind === 'word' && text.toLowerCase() === 'on');
  const isUnique = tokens.slice(0, on).some(({ kind, text }) => kind === 'word' && text.toLowerCase() === 'unique');
  return `${isUnique ? 'unique ' : ''}${canonicalSql(withoutQualifiers(tokens.slice(on + 2), tableName)).replace(/ ;$/, '')}`;
}

/** `STRICT`, `WITHOUT ROWID`. */
function readOptions(sql: string): string[] {
  const options = /\)([^)]*)$/.exec(sql)?.[1]?.trim().toLowerCase().replace(/;$/, '') ?? '';
  return options === '' ? [] : [options];
}
