import type { TableModel, WireValue } from '../../../model/types.ts';
import { ShardQLError } from '../../errors.ts';
import { HIGHLIGHT_END, HIGHLIGHT_START, HIGHLIGHTS_COLUMN } from '../../plan/computed.ts';
import type { PlanNode } from '../../plan/node.ts';
import { toShardKey } from '../../shard-key.ts';
import { matchExpression } from '../search/match-expression.ts';
import { searchIndexName, textColumnName } from '../search/search-index.ts';
import { quoteName, quoteText, ROW_ID } from '../sql-text.ts';
import { type Expression, expression } from './expression.ts';
import type { Parameters, Scope } from './parameters.ts';
import type { RowContext } from './row-context.ts';

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

export interface CompiledSearch {
  /** Rows are found by the search and then compared with the key; otherwise the other way round. */
  readonly findsRows: boolean;
  /** Costly per row, so they are worked out for the rows of the page alone. */
  readonly readsHighlights: boolean;
  /** SQL of the parameter that MATCH takes. */
  readonly expressionSql: (parameters: Parameters) => string;
}

/** `shardKeyPart`: position of the shard key in keys, −1 if they do not say it. */
export function compileSearch(node: PlanNode, table: TableModel, shardKeyPart: number): CompiledSearch | null {
  if (!node.search) return null;
  if (table.search.length === 0) {
    throw new ShardQLError('BAD_USER_INPUT', `Expected a table with full-text columns, but got ${table.typeName}.`);
  }
  const { query } = node.search;
  const shardKeys = ({ shardKeys: confined, keys: { keys } }: Scope): ReadonlySet<string> | null => {
    if (confined !== null) return new Set(confined);
    if (shardKeyPart < 0) return null;
    return new Set(keys.map((key) => toShardKey(table.shardKey, key[shardKeyPart] as Exclude<WireValue, null>)));
  };
  return {
    findsRows: node.through === null && node.match.every((name) => name === table.shardKey.name),
    readsHighlights: node.columns.includes(HIGHLIGHTS_COLUMN),
    expressionSql: (parameters) =>
      parameters.use(`search ${query}`, (scope) => matchExpression(String(scope.values[query]), shardKeys(scope))),
  };
}

/** The common table expression that {@link isFoundSql} and {@link rankSql} look at. FTS5's own rank is smaller for better. */
export function foundRowsSql(row: RowContext, isRanked: boolean): string {
  const index = quoteName(searchIndexName(row.fields.table));
  // The column that holds the shard key is found by those that ask for it, and says nothing about the text.
  const rank = isRanked ? `-bm25(${index}, 0.0)` : 'NULL';
  return `${FOUND}(id, rank) AS MATERIALIZED (SELECT rowid, ${rank} FROM ${matchSql(row)})`;
}

export const isFoundSql = (row: RowContext): Expression => expression(`${rowIdSql(row)} IN (SELECT id FROM ${FOUND})`);

export function rankSql(row: RowContext): Expression {
  searchOf(row);
  return lookup(`(SELECT rank FROM ${FOUND} WHERE id = ${rowIdSql(row)})`);
}

/** FTS5's own excerpts are no choice: their cost grows with the square of the finds (measured: minutes for 100,000). */
export function highlightsSql(row: RowContext): Expression {
  const index = quoteName(searchIndexName(row.fields.table));
  const columns = row.fields.table.search.map((_, at) => textColumnName(at));
  const marks = `${quoteText(HIGHLIGHT_START)}, ${quoteText(HIGHLIGHT_END)}`;
  const marked = columns.map(
    (column, at) =>
      `CASE WHEN octet_length(${column}) <= ${MAX_MARKED_BYTES} THEN highlight(${index}, ${at + 1}, ${marks}) END AS ${column}`,
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

const rowIdSql = ({ alias }: RowContext): string => `${alias}.${ROW_ID}`;

function matchSql(row: RowContext): string {
  const index = quoteName(searchIndexName(row.fields.table));
  return `${index} WHERE ${index} MATCH ${searchOf(row).expressionSql(row.parameters)}`;
}

/** Only rows of the node itself are searched, not related ones. */
function searchOf({ search, level }: RowContext): CompiledSearch {
  if (search && level === 0) return search;
  throw new ShardQLError('BAD_USER_INPUT', 'Expected ranks and highlights of rows that are searched, but got others.');
}
