import { wireCheckOf } from '../../../../model/codec.ts';
import type { ColumnModel, Model, TableModel } from '../../../../model/types.ts';
import { ShardQLError } from '../../../errors.ts';
import { MAX_COLUMNS, MAX_FUNCTION_ARGUMENTS } from '../../../limits.ts';
import type { TextFilter } from '../../../plan/filter.ts';
import type { PlanNode } from '../../../plan/node.ts';
import type { PageShape } from '../../../plan/page.ts';
import type { JoinRows } from '../../../plan/source.ts';
import { type CompiledGrouping, compileGrouping } from './compiled-grouping.ts';
import { type CompiledSearch, compileSearch } from './compiled-search.ts';
import { isUniqueOn } from './fan-out.ts';
import { type Field, fieldsOf, isStored, SourceFields, type StoredField } from './fields.ts';
import { chooseIndex, type IndexChoice, seeksShardKeys, usableIndexes } from './index-choice.ts';
import { type OrderColumn, resolveOrder, reverseOrder } from './order.ts';
import { chooseScatterOrder, type ScatterOrder } from './scatter-order.ts';
import { checkFilterSize, type TextPredicate, textPredicatesOf } from './text-predicates.ts';

/** Greatest number of order columns, tie-breakers included: the size of keyset conditions grows with its square. */
const MAX_ORDER_COLUMNS = 24;

/** Statements have one column more for rows of several keys: the key's index. */
const MAX_READ_COLUMNS = MAX_COLUMNS - 1;

export interface CompiledThrough {
  readonly rows: JoinRows;
  readonly fields: SourceFields;
  readonly from: readonly StoredField[];
  readonly to: readonly StoredField[];
}

interface CompiledPage extends PageShape {
  /** The order in which SQL reads the page: from the end for `fromEnd`. */
  readonly order: readonly OrderColumn[];
  /** `aggregate` as the one group of all rows; null if it is not asked for. */
  readonly whole: CompiledGrouping | null;
  readonly groupings: readonly CompiledGrouping[];
}

interface CompiledRelation {
  /** Positions of the parent's key columns in its rows. */
  readonly from: readonly number[];
  readonly node: CompiledNode;
}

interface ColumnCheck {
  readonly position: number;
  readonly column: ColumnModel;
  /** Throws `InvalidValueError`. */
  readonly check: (wire: unknown) => void;
}

/** A plan node against the model, with everything that depends on its shape alone. */
export interface CompiledNode {
  /** As it was asked for. */
  readonly plan: PlanNode;
  readonly table: TableModel;
  readonly fields: SourceFields;
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
  /**
   * JSON holds the columns as they are, so that SQLite can give the rows of several keys as one text: half as expensive as
   * cell by cell. Not numbers that JSON may write shorter, nor values computed as JSON, which would not stay texts.
   */
  readonly jsonRows: boolean;
  readonly search: CompiledSearch | null;
  /** Text filters that JavaScript may have to decide, in order. */
  readonly textPredicates: ReadonlyMap<TextFilter, TextPredicate>;
  readonly page: CompiledPage | null;
  /** At most one row matches a key. */
  readonly unique: boolean;
  readonly index: IndexChoice;
  /** How a page of any shard keys is put in order; null: by SQLite. */
  readonly scatterOrder: ScatterOrder | null;
  /** Keys do not say the shard key, but an index finds their rows per shard key. */
  readonly seeksShardKeys: boolean;
  readonly relations: readonly CompiledRelation[];
}

export function compileNode(model: Model, node: PlanNode): CompiledNode {
  const fields = new SourceFields(model, node);
  const { table } = fields;
  const through = node.through && compileThrough(fields.of(node.through), node.through);
  checkFilterSize(node);
  const columns = node.columns.map((name) => fields.field(name));
  if (columns.length > MAX_READ_COLUMNS) throw tooManyColumns();
  const page = node.page && compilePage(fields, node.page);
  const matched = through ? [] : node.match;
  const shardKeyPart = (node.through?.from ?? node.match).indexOf((through?.fields.table ?? table).shardKey.name);
  const toColumns = fieldsOf(table, node.match);
  return {
    plan: node,
    table,
    fields,
    match: through ? through.from : toColumns,
    shardKeyPosition: matched.indexOf(table.shardKey.name),
    shardKeyPart,
    through,
    toColumns,
    columns,
    decimals: columns.flatMap(({ wire }, at) => (wire === 'decimal' ? [at] : [])),
    checks: columns.flatMap((field, position): ColumnCheck[] => {
      const column = isStored(field) ? table.columnByName.get(field.name) : undefined;
      return column ? [{ position, column, check: wireCheckOf(column) }] : [];
    }),
    jsonRows: columns.length < MAX_FUNCTION_ARGUMENTS && columns.every(isPlainInJson),
    search: compileSearch(node, table, shardKeyPart),
    textPredicates: textPredicatesOf(node, fields),
    page,
    unique: isUniqueOn(table, node, matched),
    index: chooseIndex(usableIndexes(table, node), matched, page?.order ?? []),
    scatterOrder: chooseScatterOrder(table, node, page?.order ?? []),
    seeksShardKeys: seeksShardKeys(table, usableIndexes(table, node), matched),
    relations: node.relations.map(({ from, node: child }) => ({
      from: from.map((name) => node.columns.indexOf(name)),
      node: compileNode(model, child),
    })),
  };
}

const compileThrough = (fields: SourceFields, rows: JoinRows): CompiledThrough => ({
  rows,
  fields,
  from: fieldsOf(fields.table, rows.from),
  to: fieldsOf(fields.table, rows.to),
});

const isPlainInJson = (field: Field): boolean => isStored(field) && field.wire !== 'real' && field.wire !== 'decimal';

const tooManyColumns = (): ShardQLError =>
  new ShardQLError(
    'BAD_USER_INPUT',
    `Expected fewer than ${MAX_COLUMNS} columns in a selection that is searched or ordered by related rows, but got more. Select fewer columns.`,
  );

function compilePage(fields: SourceFields, page: PageShape): CompiledPage {
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
