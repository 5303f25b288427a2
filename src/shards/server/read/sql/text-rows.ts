/**
 * Rows as the JSON text of an answer, related rows included, by one statement. It reads what the statements of the node and its relations
 * would, and has the same conditions; what only those can do is left to them.
 */
import { MAX_FUNCTION_ARGUMENTS } from '../../../limits.ts';
import type { PageShape } from '../../../plan/page.ts';
import type { TextField, TextFields, TextPart, TextShape } from '../../../plan/text-shape.ts';
import { limitSql, quoteName, quoteText } from '../../../sql/sql-text.ts';
import type { CompiledNode } from '../compile/compiled-node.ts';
import { fieldsOf, isStored, type StoredField, VERSION_FIELD } from '../compile/fields.ts';
import { expression } from './expression.ts';
import { columnTextSql, keyFitsSql, tokenSql, UNWRITTEN_SQL } from './json-text-sql.ts';
import { orderBySql } from './keyset.ts';
import { type RowsVariant, StatementBuilder } from './node-statements.ts';
import type { RowCompiler } from './row-compiler.ts';
import type { Statement } from './statement.ts';
import { columnSql } from './wire-sql.ts';

/** Levels of relations: SQLite nests as many subqueries. */
const MAX_LEVELS = 8;
const LEVEL_DEPTH = 4;

/** SQLite cannot write the rows as they are shown: they are to be read as cells. */
class NotWritten extends Error {
  override readonly name = 'NotWritten';
}

/**
 * A text of each row of the only key, and one more than the page has; null where SQLite cannot write them. Where the page's ends are
 * needed, the cells of the node's columns follow.
 */
export function textStatement(node: CompiledNode, variant: RowsVariant, shape: TextShape): Statement | null {
  try {
    return make(node, variant, shape);
  } catch (error) {
    if (error instanceof NotWritten) return null;
    throw error;
  }
}

function make(node: CompiledNode, variant: RowsVariant, shape: TextShape): Statement {
  requireWritable(node, variant);
  const builder = new StatementBuilder(node, variant);
  const writer = new RowWriter(builder);
  const fits = new Set(node.match.filter(({ wire }) => wire === 'text').map(({ name }) => name));
  if (variant.confinement === 'one' && node.table.shardKey.wire === 'text') fits.add(node.table.shardKey.name);
  if (node.page === null) {
    const text = writer.object({ node, alias: 't', used: new Map(), fits, level: 0 }, shape.row);
    return builder.statement(`SELECT ${text}${builder.pageSql(variant.fixedOrder)}`);
  }
  // First the rows of the page, then their texts: SQLite would else write those of all rows that it puts in order. A limit keeps it from
  // making one SELECT of both.
  const used = new Map<string, StoredField>();
  const texts = [writer.object({ node, alias: 'p', used, fits, level: 0 }, shape.row)];
  const columns = [...used.values()].map((field) => renamed('t', field));
  if (shape.ends) {
    for (const [at, field] of node.columns.entries()) {
      columns.push(`${builder.row('t').wireSql(field)} AS ${quoteName(`#${at}`)}`);
      texts.push(`p.${quoteName(`#${at}`)}`);
    }
  }
  const rows = `SELECT ${columns.length > 0 ? columns.join(', ') : '1'}${builder.pageSql(variant.fixedOrder)}`;
  return builder.statement(`SELECT ${texts.join(', ')} FROM (${rows}) p LIMIT -1`);
}

/** The rows of a node that are being written. */
interface Place {
  readonly node: CompiledNode;
  readonly alias: string;
  /** Columns that the rows have to have, by name in the database. */
  readonly used: Map<string, StoredField>;
  /** Columns that are known to fit, or whose misfits are marked anyway. */
  readonly fits: Set<string>;
  readonly level: number;
}

/** Text that is the same for all rows, or SQL of such that is not. */
type Piece = { readonly text: string } | { readonly sql: string };

class RowWriter {
  readonly #builder: StatementBuilder;
  #aliases = 0;

  constructor(builder: StatementBuilder) {
    this.#builder = builder;
  }

  /** SQL of an object that is made of a row. */
  object(place: Place, fields: TextFields): string {
    return concatenated(this.#object(place, fields));
  }

  #object(place: Place, fields: TextFields): Piece[] {
    for (const field of fields) if ('column' in field) place.fits.add(field.column);
    return inBraces(fields, (field) => this.#field(place, field));
  }

  #field(place: Place, field: TextField): Piece[] {
    if ('constant' in field) return [{ text: JSON.stringify(field.constant) }];
    if ('column' in field) return [{ sql: this.#column(place, field.column) }];
    if ('nodeId' in field) return [{ sql: this.#token(place, field.nodeId, place.node.table.primaryKey.names) }];
    if ('cursor' in field) {
      const order = place.node.page?.orderBy ?? fail();
      return [
        {
          sql: this.#token(
            place,
            field.cursor,
            order.map(({ column }) => column),
          ),
        },
      ];
    }
    if ('fields' in field) return this.#object(place, field.fields);
    if ('one' in field) return [{ sql: this.#one(place, field.relation, field.one) }];
    return 'page' in field ? this.#page(place, field.relation, field.page) : fail();
  }

  #column(place: Place, name: string): string {
    const sql = columnOf(place, name);
    if (name === VERSION_FIELD.name)
      return `CASE typeof(${sql}) WHEN 'integer' THEN '"' || ${sql} || '"' ELSE ${UNWRITTEN_SQL} END`;
    return columnTextSql(sql, modelOf(place, name)) ?? fail();
  }

  #token(place: Place, head: readonly (string | number)[], names: readonly string[]): string {
    if (head.length + names.length > MAX_FUNCTION_ARGUMENTS) fail();
    const parts = names.map((name) => tokenSql(columnOf(place, name), modelOf(place, name)) ?? fail());
    const first = head.map((part) => (typeof part === 'number' ? String(part) : quoteText(part)));
    const token = `'"' || hex(json_array(${[...first, ...parts.map(({ text }) => text)].join(', ')})) || '"'`;
    return `CASE WHEN ${conjunction(parts.map(({ fits }) => fits))} THEN ${token} ELSE ${UNWRITTEN_SQL} END`;
  }

  #one(place: Place, position: number, fields: TextFields): string {
    const { node, pairs, check, fits } = this.#related(place, position);
    if (node.page !== null || !node.unique) fail();
    const alias = this.#alias();
    const text = this.object({ node, alias, used: new Map(), fits, level: place.level + 1 }, fields);
    const found = `SELECT ${text} AS v FROM ${this.#rows(node, alias, pairs(alias))}`;
    return checked(check, `ifnull((SELECT v FROM (${found})), 'null')`);
  }

  #page(place: Place, position: number, parts: readonly TextPart[]): Piece[] {
    return inBraces(parts, (part) =>
      'constant' in part
        ? [{ text: JSON.stringify(part.constant) }]
        : [{ text: '[' }, { sql: this.#list(place, position, part.rows) }, { text: ']' }],
    );
  }

  /** The rows of a page of related rows, with commas between them. */
  #list(place: Place, position: number, fields: TextFields): string {
    const { node, pairs, check, fits } = this.#related(place, position);
    const { page } = node;
    if (page === null) return fail();
    requireFirstRows(node.plan.page!);
    const [inner, outer] = [this.#alias(), this.#alias()];
    const used = new Map<string, StoredField>();
    const text = this.object({ node, alias: outer, used, fits, level: place.level + 1 }, fields);
    const order = page.order.filter(({ field }) => !node.plan.match.includes(field.name));
    const row = this.#builder.related(node.fields, inner, 'once');
    const limit = this.#builder.parameters.use(`rows ${page.limit}`, ({ values }) => Number(values[page.limit]));
    const rows =
      `SELECT ${used.size > 0 ? [...used.values()].map((field) => renamed(inner, field)).join(', ') : '1'}` +
      ` FROM ${this.#rows(node, inner, pairs(inner), row)}` +
      (order.length > 0 ? ` ORDER BY ${orderBySql(row, order, node.index.plainOrder)}` : '') +
      ` ${limitSql(limit)}`;
    return checked(check, `ifnull((SELECT v FROM (SELECT group_concat(${text}) AS v FROM (${rows}) ${outer})), '')`);
  }

  #related(place: Place, position: number) {
    const { from, node } = place.node.relations[position] ?? fail();
    if (place.level >= MAX_LEVELS) fail();
    requirePlain(node);
    const near = from.map((at) => {
      const field = place.node.columns[at]!;
      if (!isStored(field)) return fail();
      const sql = columnOf(place, field.name);
      const check = place.fits.has(field.name) ? null : (keyFitsSql(sql, modelOf(place, field.name)) ?? fail());
      return { field, sql, check };
    });
    const match = fieldsOf(node.table, node.plan.match);
    if (match.some(({ wire }, at) => wire !== near[at]!.field.wire)) fail();
    return {
      node,
      pairs: (alias: string) => match.map((field, at) => `${columnSql(alias, field)} = ${near[at]!.sql}`),
      check: near.flatMap(({ check }) => (check === null ? [] : [check])),
      // What equals a text that fits is that text.
      fits: new Set(match.filter(({ wire }) => wire === 'text').map(({ name }) => name)),
    };
  }

  /** From the name of the table to the end of WHERE. */
  #rows(node: CompiledNode, alias: string, pairs: readonly string[], row?: RowCompiler): string {
    const compiler = row ?? this.#builder.related(node.fields, alias, 'often');
    const index = node.index.name === null ? '' : ` INDEXED BY ${quoteName(node.index.name)}`;
    const conditions = [
      expression(pairs.join(' AND '), pairs.length + LEVEL_DEPTH),
      ...compiler.predicatesOf(node.plan),
    ];
    return `${quoteName(node.table.sqlName)} ${alias}${index} ${this.#builder.whereSql(conditions)}`;
  }

  #alias(): string {
    return `w${++this.#aliases}`;
  }
}

const fail = (): never => {
  throw new NotWritten('The rows are read as cells.');
};

function requireWritable({ search, through, scatterOrder, page }: CompiledNode, variant: RowsVariant): void {
  if (search !== null || through !== null || page?.distinct || page?.rows === false) fail();
  if (variant.varying.length > 0 || variant.visibleOnly || variant.confinement === 'many') fail();
  if (scatterOrder !== null && variant.confinement !== 'one') fail();
}

/** Related rows are looked up by what ties them to their row, and kept as all rows are; nothing else is done with them. */
function requirePlain({ plan, textPredicates, shardKeyPosition }: CompiledNode): void {
  const { search, through, computed, table, access, hiddenBy, filter, match, columns, page, relations, ...others } =
    plan;
  // Whatever plans get besides does not compile before it is looked at here.
  others satisfies Record<string, never>;
  if (search !== null || through !== null || computed.length > 0) fail();
  if (textPredicates.size > 0 || shardKeyPosition < 0) fail();
}

/** A page of related rows shows its first rows, and nothing of what else there is. */
function requireFirstRows(page: PageShape): void {
  const { rows, limit, orderBy, after, before, fromEnd, offset, probeOtherSide, ...more } = page;
  const { totalCount, distinct, aggregate, groups, ...others } = more;
  others satisfies Record<string, never>;
  if (!rows || fromEnd || after !== null || before !== null || offset !== null || distinct) fail();
  if (probeOtherSide || totalCount || aggregate !== undefined || groups !== undefined) fail();
}

/** SQL of a column that the plan reads. */
function columnOf({ node, alias, used }: Place, name: string): string {
  const field = node.columns.find((each) => each.name === name);
  if (field === undefined || !isStored(field)) return fail();
  used.set(field.sqlName, field);
  return columnSql(alias, field);
}

const modelOf = ({ node }: Place, name: string) => node.table.columnByName.get(name) ?? fail();

const renamed = (alias: string, field: StoredField): string =>
  `${columnSql(alias, field)} AS ${quoteName(field.sqlName)}`;

const conjunction = (terms: readonly string[]): string => terms.map((term) => `(${term})`).join(' AND ');

const checked = (checks: readonly string[], sql: string): string =>
  checks.length === 0 ? sql : `CASE WHEN ${conjunction(checks)} THEN ${sql} ELSE ${UNWRITTEN_SQL} END`;

function inBraces<Member extends { readonly key: string }>(
  members: readonly Member[],
  write: (member: Member) => readonly Piece[],
): Piece[] {
  const pieces: Piece[] = [{ text: '{' }];
  for (const [at, member] of members.entries()) {
    pieces.push({ text: `${at === 0 ? '' : ','}${JSON.stringify(member.key)}:` }, ...write(member));
  }
  return [...pieces, { text: '}' }];
}

/** Pairwise, so that the depth grows with the logarithm of their number. */
function concatenated(pieces: readonly Piece[]): string {
  const terms: string[] = [];
  let text = '';
  for (const piece of pieces) {
    if ('text' in piece) {
      text += piece.text;
      continue;
    }
    if (text !== '') terms.push(quoteText(text));
    text = '';
    terms.push(`(${piece.sql})`);
  }
  if (text !== '') terms.push(quoteText(text));
  return joined(terms);
}

function joined(terms: readonly string[]): string {
  if (terms.length === 1) return terms[0]!;
  const half = terms.length >> 1;
  return `(${joined(terms.slice(0, half))} || ${joined(terms.slice(half))})`;
}
