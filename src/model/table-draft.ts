/**
 * A table as declared: read from Drizzle without judging it. Rules look at drafts, so that a wrong model can be
 * described whole; a `Model` is made only from drafts that no rule objects to.
 */
import { is, SQL } from 'drizzle-orm';
import { type ForeignKey, SQLiteColumn, type SQLiteTable, type UpdateDeleteAction } from 'drizzle-orm/sqlite-core';
import type { DeclaredAccess } from './access/options.ts';
import { columnNamesOf, toColumnModel } from './column-model.ts';
import type { CacheOptions, TableEntry } from './declaration.ts';
import { camelCase, lowerFirst } from './names.ts';
import { sqlText } from './sql-text.ts';
import { type TableConfig, tableConfigOf } from './table-config.ts';
import {
  type CachePolicy,
  type ColumnModel,
  DEFAULT_CACHE_POLICY,
  type ExpressionModel,
  type IndexModel,
} from './types.ts';
import type { ValidateOptions } from './validate-options.ts';

export interface ForeignKeyDraft {
  readonly name: string;
  readonly columns: readonly string[];
  readonly targetTable: SQLiteTable;
  readonly targetColumns: readonly string[];
  readonly onDelete: UpdateDeleteAction;
  readonly onUpdate: UpdateDeleteAction;
}

export interface TableDraft {
  readonly typeName: string;
  readonly table: SQLiteTable;
  readonly sqlName: string;
  readonly single: string;
  readonly list: string;
  /** As declared; null where the domain follows from foreign keys. */
  readonly domain: string | null;
  readonly shardKey: string;
  /** As declared; null where nothing is. */
  readonly search: readonly string[] | null;
  /** Columns whose type ShardQL can carry. */
  readonly columns: readonly ColumnModel[];
  readonly columnByName: ReadonlyMap<string, ColumnModel>;
  /** The columns it cannot. */
  readonly unknownColumns: readonly { readonly name: string; readonly sqlName: string; readonly sqlType: string }[];
  readonly autoIncrementColumns: readonly string[];
  /** Empty if none is declared. */
  readonly primaryKey: readonly string[];
  /** The primary key stands at its column. */
  readonly hasInlineKey: boolean;
  /** How many primary keys are declared. */
  readonly primaryKeyCount: number;
  readonly indexes: readonly IndexModel[];
  readonly foreignKeys: readonly ForeignKeyDraft[];
  readonly checks: readonly string[];
  readonly expressions: readonly ExpressionModel[];
  readonly cache: CachePolicy;
  /** As declared; null where nothing is. */
  readonly softDelete: string | null;
  /** As declared; null where nothing is. */
  readonly validate: ValidateOptions | null;
  /** As declared. */
  readonly access: DeclaredAccess;
}

/** What unique constraints hold for. */
const OF_ALL_ROWS = { partial: false, liveOnly: false };

export function readTable(typeName: string, entry: TableEntry): TableDraft {
  const config = tableConfigOf(entry.table);
  const nameByColumn = columnNamesOf(entry.table);
  const names = (columns: readonly SQLiteColumn[]): string[] => columns.map((column) => nameByColumn.get(column)!);
  const columnModels = config.columns.map((column) => toColumnModel(typeName, nameByColumn.get(column)!, column));
  const columns = columnModels.filter((column) => column !== null);
  const deletedAt = columns.find(({ name }) => name === entry.softDelete);
  const inlineKey = config.columns.filter((column) => column.primary);
  const indexes: IndexModel[] = [
    ...config.columns
      .filter((column) => column.isUnique)
      .map((column) => ({ name: column.uniqueName!, unique: true, columns: names([column]), ...OF_ALL_ROWS })),
    ...config.uniqueConstraints.map((constraint) => ({
      name: constraint.getName()!,
      unique: true,
      columns: names(constraint.columns),
      ...OF_ALL_ROWS,
    })),
    ...config.indexes.map(({ config: index }) => ({
      name: index.name,
      unique: index.unique,
      columns: index.columns.map((column) => (is(column, SQLiteColumn) ? (nameByColumn.get(column) ?? null) : null)),
      partial: index.where !== undefined,
      liveOnly: index.where !== undefined && isOfLiveRows(index.where, config.name, deletedAt?.sqlName),
    })),
  ];
  return {
    typeName,
    table: entry.table,
    sqlName: config.name,
    single: entry.single ?? lowerFirst(typeName),
    list: entry.list ?? camelCase(config.name),
    domain: entry.domain ?? null,
    shardKey: entry.shardKey,
    search: entry.search ?? null,
    columns,
    columnByName: new Map(columns.map((column) => [column.name, column])),
    unknownColumns: config.columns
      .filter((_, index) => columnModels[index] === null)
      .map((column) => ({ name: nameByColumn.get(column)!, sqlName: column.name, sqlType: column.getSQLType() })),
    autoIncrementColumns: names(
      config.columns.filter((column) => (column as { autoIncrement?: boolean }).autoIncrement === true),
    ),
    primaryKey: names(config.primaryKeys[0]?.columns ?? inlineKey),
    hasInlineKey: config.primaryKeys.length === 0 && inlineKey.length > 0,
    primaryKeyCount: config.primaryKeys.length + inlineKey.length,
    indexes,
    foreignKeys: config.foreignKeys.map((key) => readForeignKey(key, names)),
    checks: config.checks.map((check) => check.name),
    expressions: readExpressions(config, nameByColumn),
    cache: cachePolicy(entry.cache ?? {}),
    softDelete: entry.softDelete ?? null,
    validate: entry.validate ?? null,
    access: entry.access ?? {},
  };
}

function readExpressions(
  { columns, checks, indexes }: TableConfig,
  nameByColumn: ReadonlyMap<SQLiteColumn, string>,
): ExpressionModel[] {
  const read = (kind: ExpressionModel['kind'], name: string, value: unknown): ExpressionModel[] => {
    const expression = typeof value === 'function' ? value() : value;
    return is(expression, SQL) ? [{ kind, name, sql: sqlText(expression).sql }] : [];
  };
  return [
    ...columns.flatMap((column) => {
      const name = nameByColumn.get(column)!;
      return [...read('generated', name, column.generated?.as), ...read('default', name, column.default)];
    }),
    ...checks.flatMap(({ name, value }) => read('check', name, value)),
    ...indexes.flatMap(({ config: index }) =>
      [...index.columns, index.where].flatMap((part) => read('index', index.name, part)),
    ),
  ];
}

/** True for the condition of an index that says that the column of soft deletes is NULL, and no more. */
function isOfLiveRows(where: SQL, table: string, deletedAt: string | undefined): boolean {
  const condition = sqlText(where)
    .sql.trim()
    .replace(/^\((.*)\)$/s, '$1');
  const column = /^(\S+)\s+is\s+null$/is.exec(condition.trim())?.[1];
  if (column === undefined || deletedAt === undefined) return false;
  const own = column.startsWith(`"${table}".`) ? column.slice(table.length + 3) : column;
  return own.replace(/^"(.*)"$|^`(.*)`$|^\[(.*)\]$/, '$1$2$3').toLowerCase() === deletedAt.toLowerCase();
}

function cachePolicy(options: CacheOptions): CachePolicy {
  const strongest = options.strongest ?? DEFAULT_CACHE_POLICY.strongest;
  return { ...DEFAULT_CACHE_POLICY, mode: strongest, ...options };
}

function readForeignKey(key: ForeignKey, names: (columns: readonly SQLiteColumn[]) => string[]): ForeignKeyDraft {
  const { columns, foreignTable, foreignColumns } = key.reference();
  const targetNameByColumn = columnNamesOf(foreignTable);
  return {
    name: key.getName(),
    columns: names(columns),
    targetTable: foreignTable,
    targetColumns: foreignColumns.map((column) => targetNameByColumn.get(column)!),
    onDelete: key.onDelete ?? 'no action',
    onUpdate: key.onUpdate ?? 'no action',
  };
}
