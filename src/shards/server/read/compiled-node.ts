import { wireCheckOf } from '../../../model/codec.ts';
import type { ColumnModel, Model, TableModel } from '../../../model/types.ts';
import { ShardQLError } from '../../errors.ts';
import { MAX_COLUMNS, MAX_FUNCTION_ARGUMENTS } from '../../limits.ts';
import type { Filter } from '../../plan/filter.ts';
import { type PlanNode, VERSION_COLUMN } from '../../plan/node.ts';
import type { PageShape } from '../../plan/page.ts';
import { type CompiledGrouping, compileGrouping } from './compiled-grouping.ts';
import { checkFilterSize, type Decision, decisionsOf, type TextFilter } from './filter-sql.ts';
import { chooseIndex, type IndexChoice, seeksShardKeys } from './index-choice.ts';
import { type OrderColumn, resolveOrder, reverseOrder } from './keyset.ts';
import { type CompiledSearch, compileSearch } from './search-sql.ts';
import type { Statement } from './statement.ts';
import { TableFields, tableOf } from './table-fields.ts';
import { type Field, fieldOf, type StoredField } from './wire-sql.ts';

/** Greatest number of order columns, tie-breakers included: the size of keyset conditions grows with its square. */
const MAX_ORDER_COLUMNS = 24;

export interface CompiledThrough {
  readonly table: TableModel;
  readonly from: readonly StoredField[];
  readonly to: readonly StoredField[];
}

export interface CompiledPage extends PageShape {
  /** The order in which SQL reads the page: from the end for `fromEnd`. */
  readonly order: readonly OrderColumn[];
  /** `aggregate` as the one group of all rows; null if it is not asked for. */
  readonly whole: CompiledGrouping | null;
  readonly groupings: readonly CompiledGrouping[];
}

export interface CompiledRelation {
  /** Positions of the parent's key columns in its rows. */
  readonly from: readonly number[];
  readonly node: CompiledNode;
}

export interface ColumnCheck {
  readonly position: number;
  readonly column: ColumnModel;
  /** Throws `InvalidValueError`. */
  readonly check: (wire: unknown) => void;
}

/** A plan node against the model, with everything that depends on its shape alone. */
export interface CompiledNode {
  readonly table: TableModel;
  readonly fields: TableFields;
  /** Columns that a key's values are compared with: of the join table with `through`. */
  readonly match: readonly StoredField[];
  /** Position of the shard key among `match`; −1 if keys do not say it. */
  readonly shardKeyPosition: number;
  /** The same, for keys of join tables too: their rows have the shard keys of the rows they lead to. */
  readonly shardKeyPart: number;
  readonly through: CompiledThrough | null;
  readonly toColumns: readonly StoredField[];
  readonly columns: readonly Field[];
  /** Positions of decimal columns: their numbers become text in JavaScript. */
  readonly decimals: readonly number[];
  /** What holds the values of stored columns to what the model declares, by position. */
  readonly checks: readonly ColumnCheck[];
  /** Position of the version column, where a row is so wide that it has to share its result column with the key. */
  readonly sharedColumn: number;
  /**
   * JSON holds the columns as they are, so that SQLite can give the rows of several keys as one text: half as expensive as
   * cell by cell. Not numbers that JSON may write shorter, nor values computed as JSON, which would not stay texts.
   */
  readonly jsonRows: boolean;
  readonly filter: Filter | null;
  readonly search: CompiledSearch | null;
  /** Text filters that JavaScript may have to decide, in order. */
  readonly decisions: ReadonlyMap<TextFilter, Decision>;
  readonly page: CompiledPage | null;
  /** At most one row matches a key. */
  readonly unique: boolean;
  readonly index: IndexChoice;
  /** Keys do not say the shard key, but an index finds their rows per shard key. */
  readonly seeksShardKeys: boolean;
  readonly relations: readonly CompiledRelation[];
  /** By variant; filled as variants are met. */
  readonly statements: Map<string, Statement>;
}

export function compileNode(model: Model, node: PlanNode): CompiledNode {
  const fields = new TableFields(model, node);
  const { table } = fields;
  const through = node.through && {
    table: tableOf(model, node.through.table),
    from: node.through.from.map((name) => fieldOf(tableOf(model, node.through!.table), name)),
    to: node.through.to.map((name) => fieldOf(tableOf(model, node.through!.table), name)),
  };
  if (node.filter) checkFilterSize(node.filter);
  const columns = node.columns.map((name) => fields.field(name));
  const sharedColumn = columns.length < MAX_COLUMNS ? -1 : node.columns.indexOf(VERSION_COLUMN);
  if (columns.length > MAX_COLUMNS || (columns.length === MAX_COLUMNS && sharedColumn < 0)) throw tooManyColumns();
  const page = node.page && compilePage(fields, node.page);
  const matched = through ? [] : node.match;
  const shardKeyPart = (node.through?.from ?? node.match).indexOf((through?.table ?? table).shardKey.name);
  return {
    table,
    fields,
    match: through ? through.from : node.match.map((name) => fieldOf(table, name)),
    shardKeyPosition: matched.indexOf(table.shardKey.name),
    shardKeyPart,
    through,
    toColumns: node.match.map((name) => fieldOf(table, name)),
    columns,
    decimals: columns.flatMap(({ wire }, at) => (wire === 'decimal' ? [at] : [])),
    checks: columns.flatMap((field, position): ColumnCheck[] => {
      const column = 'sql' in field ? undefined : table.columnByName.get(field.name);
      return column ? [{ position, column, check: wireCheckOf(column) }] : [];
    }),
    sharedColumn,
    jsonRows: columns.length < MAX_FUNCTION_ARGUMENTS && columns.every(isPlainInJson),
    filter: node.filter,
    search: compileSearch(node, table, shardKeyPart),
    decisions: decisionsOf(node.filter, node.computed, fields),
    page,
    unique: [table.primaryKey, ...table.uniqueKeys].some((key) =>
      key.columns.every(({ name }) => matched.includes(name)),
    ),
    index: chooseIndex(table, matched, page?.order ?? []),
    seeksShardKeys: seeksShardKeys(table, matched),
    relations: node.relations.map(({ from, node: child }) => ({
      from: from.map((name) => node.columns.indexOf(name)),
      node: compileNode(model, child),
    })),
    statements: new Map(),
  };
}

const isPlainInJson = (field: Field): boolean => !('sql' in field) && field.wire !== 'real' && field.wire !== 'decimal';

const tooManyColumns = (): ShardQLError =>
  new ShardQLError(
    'BAD_USER_INPUT',
    `Expected fewer than ${MAX_COLUMNS} columns in a selection that is searched or ordered by related rows, but got more. Select fewer columns.`,
  );

function compilePage(fields: TableFields, page: PageShape): CompiledPage {
  if (page.orderBy.length > MAX_ORDER_COLUMNS) {
    throw new ShardQLError(
      'BAD_USER_INPUT',
      `Expected at most ${MAX_ORDER_COLUMNS} order columns (primary key included), but got ${page.orderBy.length}.`,
    );
  }
  const order = resolveOrder(fields, page.orderBy);
  return {
    ...page,
    order: page.fromEnd ? reverseOrder(order) : order,
    whole: page.aggregate ? compileGrouping(fields.table, { keys: [], measures: page.aggregate }) : null,
    groupings: (page.groups ?? []).map((grouping) => compileGrouping(fields.table, grouping)),
  };
}
