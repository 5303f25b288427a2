import type { TableModel, WireValue } from '../../../../model/types.ts';
import { HIGHLIGHT_END, HIGHLIGHT_START } from '../../../plan/computed.ts';
import { type ShardKey, toShardKey } from '../../../shard-key.ts';
import { quoteName, quoteText, ROW_ID } from '../../../sql/sql-text.ts';
import { matchExpression } from '../../search/match-expression.ts';
import { searchIndexName, textColumnName } from '../../search/search-index.ts';
import type { CompiledSearch } from '../compile/compiled-search.ts';
import { type Expression, expression } from './expression.ts';
import type { Parameters, Scope } from './parameters.ts';

/** The rows that a search finds, with their ranks: worked out once per statement, whatever looks at it. */
const FOUND = '_found';

/** Longest text that is shown whole, in bytes. */
const MAX_WHOLE_BYTES = 10_000;
/** Of longer texts, an excerpt around the first find, in characters. */
const EXCERPT_CHARACTERS = 1_000;
const EXCERPT_LEAD_CHARACTERS = 200;
const EXCERPT_GAP = '…';
/** Longer texts are not shown: their marks alone, one pair per word at worst, could exceed what a value may hold. */
const MAX_MARKED_BYTES = 200_000;

/** Reading one column of a subquery. */
const LOOKUP_DEPTH = 6;

/** A row of a table that is searched. */
export interface SearchedRow {
  readonly table: TableModel;
  readonly alias: string;
  readonly search: CompiledSearch;
  readonly parameters: Parameters;
}

/** The common table expression that {@link isFoundSql} and {@link rankSql} look at. FTS5's own rank is smaller for better. */
export function foundRowsSql(row: SearchedRow, isRanked: boolean): string {
  const index = quoteName(searchIndexName(row.table));
  // The column that holds the shard key is found by those that ask for it, and says nothing about the text.
  const rank = isRanked ? `-bm25(${index}, 0.0)` : 'NULL';
  return `${FOUND}(id, rank) AS MATERIALIZED (SELECT rowid, ${rank} FROM ${matchSql(row)})`;
}

export const isFoundSql = (row: Pick<SearchedRow, 'alias'>): Expression =>
  expression(`${rowIdSql(row)} IN (SELECT id FROM ${FOUND})`);

export const rankSql = (row: SearchedRow): Expression =>
  lookup(`(SELECT rank FROM ${FOUND} WHERE id = ${rowIdSql(row)})`);

/** FTS5's own excerpts are no choice: their cost grows with the square of the finds (measured: minutes for 100,000). */
export function highlightsSql(row: SearchedRow): Expression {
  const index = quoteName(searchIndexName(row.table));
  const { columns: positions } = row.search;
  const columns = positions.map(textColumnName);
  const marks = `${quoteText(HIGHLIGHT_START)}, ${quoteText(HIGHLIGHT_END)}`;
  const marked = columns.map(
    (column, at) =>
      `CASE WHEN octet_length(${column}) <= ${MAX_MARKED_BYTES} THEN highlight(${index}, ${positions[at]! + 1}, ${marks}) END AS ${column}`,
  );
  const rows = `SELECT ${marked.join(', ')} FROM ${matchSql(row)} AND rowid = ${rowIdSql(row)}`;
  return lookup(`(SELECT json_array(${columns.map(shortenedSql).join(', ')}) FROM (${rows}))`);
}

/** A marked text, or the excerpt of it; NULL where nothing is marked. */
function shortenedSql(text: string): string {
  const first = `instr(${text}, ${quoteText(HIGHLIGHT_START)})`;
  return (
    `CASE WHEN ${first} = 0 THEN NULL WHEN octet_length(${text}) <= ${MAX_WHOLE_BYTES} THEN ${text}` +
    ` ELSE iif(${first} > ${EXCERPT_LEAD_CHARACTERS}, '${EXCERPT_GAP}', '')` +
    ` || substr(${text}, max(1, ${first} - ${EXCERPT_LEAD_CHARACTERS}), ${EXCERPT_CHARACTERS}) || '${EXCERPT_GAP}' END`
  );
}

const lookup = (sql: string): Expression => ({ sql, depth: 1, subqueryDepth: LOOKUP_DEPTH });

const rowIdSql = ({ alias }: Pick<SearchedRow, 'alias'>): string => `${alias}.${ROW_ID}`;

function matchSql({ table, search, parameters }: SearchedRow): string {
  const index = quoteName(searchIndexName(table));
  const { query, isOfAllColumns } = search;
  const columns = isOfAllColumns ? null : search.columns.map(textColumnName);
  const expression = parameters.use(`search ${query}`, (scope) =>
    matchExpression(String(scope.values[query]), { columns, shardKeys: shardKeysOf(scope, search, table) }),
  );
  return `${index} WHERE ${index} MATCH ${expression}`;
}

/** Null: of all shard keys. */
function shardKeysOf(
  { shardKeys, keys: { keys } }: Scope,
  { shardKeyPart }: CompiledSearch,
  { shardKey }: TableModel,
): ReadonlySet<ShardKey> | null {
  if (shardKeys !== null) return new Set(shardKeys);
  if (shardKeyPart < 0) return null;
  return new Set(keys.map((key) => toShardKey(shardKey, key[shardKeyPart] as Exclude<WireValue, null>)));
}
