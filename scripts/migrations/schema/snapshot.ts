/** drizzle-kit's picture of the tables (`meta/<n>_snapshot.json`), as far as it is read here. Its own types need a package that it does not bring. */
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { isConstant, isMoment, isParenthesized } from './default-value.ts';

export interface Snapshot {
  readonly version: string;
  readonly dialect: string;
  readonly id: string;
  readonly tables: Readonly<Record<string, SnapshotTable>>;
  /** Which of an index's columns are expressions, by index and column. */
  readonly internal?: {
    readonly indexes?: Readonly<
      Record<string, { readonly columns: Readonly<Record<string, { readonly isExpression?: boolean }>> }>
    >;
  };
}

export interface SnapshotTable {
  readonly name: string;
  readonly columns: Readonly<Record<string, SnapshotColumn>>;
  readonly indexes: Readonly<Record<string, SnapshotIndex>>;
  readonly foreignKeys: Readonly<Record<string, SnapshotForeignKey>>;
  readonly compositePrimaryKeys: Readonly<Record<string, { readonly columns: readonly string[] }>>;
  readonly checkConstraints: Readonly<Record<string, { readonly name: string; readonly value: string }>>;
}

export interface SnapshotColumn {
  readonly name: string;
  /** SQL type. */
  readonly type: string;
  readonly primaryKey: boolean;
  readonly notNull: boolean;
  /** SQL text of a literal or an expression; numbers and booleans as they are. Left out where there is none. */
  readonly default?: string | number | boolean;
  readonly generated?: { readonly as: string; readonly type: 'stored' | 'virtual' };
}

export interface SnapshotIndex {
  readonly name: string;
  /** Names of columns, or SQL texts of expressions. */
  readonly columns: readonly string[];
  readonly isUnique: boolean;
  readonly where?: string;
}

export interface SnapshotForeignKey {
  readonly name: string;
  readonly tableTo: string;
  readonly columnsFrom: readonly string[];
  readonly columnsTo: readonly string[];
  readonly onDelete?: string;
  readonly onUpdate?: string;
}

export const SNAPSHOT_VERSION = '6';

/** Of a snapshot without tables. */
const ORIGIN_ID = '00000000-0000-0000-0000-000000000000';

/** drizzle-kit, loaded when it is needed: by `require`, which takes a sixth of the CPU of an import of its other, ES module, build. */
const loadDrizzleKit = (): typeof import('drizzle-kit/api') => createRequire(import.meta.url)('drizzle-kit/api');

/** drizzle-kit's snapshot of a model's tables. */
export async function takeSnapshot(
  tables: Readonly<Record<string, unknown>>,
  previous: Snapshot | null,
): Promise<Snapshot> {
  const { generateSQLiteDrizzleJson } = loadDrizzleKit();
  const snapshot: Snapshot = await generateSQLiteDrizzleJson({ ...tables }, previous?.id ?? ORIGIN_ID);
  // drizzle-kit's random id would make equal models give different files.
  const { id: _, ...others } = snapshot;
  const content = { ...others, tables: mapValues(others.tables, parenthesizeDefaults) };
  return { ...content, id: uuidOf(JSON.stringify(content)) };
}

/** SQLite takes expressions as defaults in parentheses only, which users may leave out and drizzle-kit does not add. */
const parenthesizeDefaults = (table: SnapshotTable): SnapshotTable => ({
  ...table,
  columns: mapValues(table.columns, (column) => {
    const value = column.default;
    const isSound = typeof value !== 'string' || isConstant(value) || isMoment(value) || isParenthesized(value);
    return isSound ? column : { ...column, default: `(${value})` };
  }),
});

const mapValues = <Value, Result>(
  record: Readonly<Record<string, Value>>,
  map: (value: Value) => Result,
): Record<string, Result> => Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]));

/**
 * SHA-256 (hex) of the tables, whatever the order of columns, indexes and tables. Names that reach no SQL, those of keys,
 * are left out.
 */
export function schemaHash({ tables }: Pick<Snapshot, 'tables'>): string {
  const canonical = Object.values(tables).map((table) => ({
    name: table.name,
    columns: sorted(Object.values(table.columns)),
    indexes: sorted(Object.values(table.indexes)),
    foreignKeys: sorted(Object.values(table.foreignKeys).map(({ name: _, ...foreignKey }) => foreignKey)),
    primaryKeys: Object.values(table.compositePrimaryKeys).map((key) => key.columns),
    checks: sorted(Object.values(table.checkConstraints)),
  }));
  return sha256(JSON.stringify(sorted(canonical)));
}

/** By their texts, in which members are in the order of their names. */
const sorted = (values: readonly object[]): string[] => values.map(canonicalJson).sort();

const canonicalJson = (value: unknown): string =>
  JSON.stringify(value, (_, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A UUID that depends on the text alone. */
const uuidOf = (text: string): string => sha256(text).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
