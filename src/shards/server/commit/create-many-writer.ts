import { getOrInsert } from '../../../lib/get-or-insert.ts';
import { withArticle } from '../../../model/names.ts';
import type { ColumnModel, ForeignKeyModel, KeyModel, TableModel, WireValue } from '../../../model/types.ts';
import { ShardQLError } from '../../errors.ts';
import type { OperationOf, RowOutcome, WireValues } from '../../operation.ts';
import { quoteName } from '../../sql/sql-text.ts';
import { type Version, versionToText } from '../../version.ts';
import type { CallerAccess } from './access/caller-access.ts';
import { type ReferringRows, requireTargets } from './access/targets.ts';
import { type BulkRow, chunks, refersToItself, rowError, statementFor } from './bulk-rows.ts';
import { wireTextSql } from './column-sql.ts';
import type { CommitScope } from './commit-scope.ts';
import type { Conflicts, CreateManyRow, Shape } from './create-many-rows.ts';
import { isForeignKeyError, takenKey } from './errors/sql-error.ts';
import { inHalves } from './in-halves.ts';
import { type InsertStatements, insertStatements } from './insert-sql.ts';
import { requireVersion } from './locate-row.ts';
import { checkSql, insertCheck, type RowCheck, requireSound, updateCheck } from './row-check.ts';
import { RowFailed } from './row-failed.ts';
import { findStoredRows, type StoredRow } from './stored-rows.ts';
import { requireTargetsOfChange } from './update.ts';

type PrimaryKey = readonly WireValue[];
type ExpectedVersions = OperationOf<'createMany'>['expectedVersions'];

/** A row that was to be written, and the one that was there already. */
type Pair = readonly [row: CreateManyRow, stored: FoundRow | null];

interface FoundRow extends StoredRow {
  /** By which it was found. */
  readonly key: KeyModel;
}

const areDistinct = (texts: readonly string[]): boolean => new Set(texts).size === texts.length;
const textOf = (key: PrimaryKey): string => JSON.stringify(key);

/** What became of rows cannot be told, unless they are written one by one. */
class UnclearOutcomes extends Error {}

/** Writes the rows of one createMany, all or none. */
export class CreateManyWriter {
  readonly #scope: CommitScope;
  readonly #table: TableModel;
  readonly #conflicts: Conflicts;
  readonly #expectedVersions: ExpectedVersions;
  readonly #givesKeys: boolean;
  readonly #statementsByShape = new Map<Shape, ShapeStatements>();
  /** Texts of values that all rows give to columns which others of the table refer to. */
  readonly #broughtByForeignKey = new Map<ForeignKeyModel, ReadonlySet<string>>();
  /**
   * Of a caller with rules, SQLite is to ignore nothing by itself: an index over expressions, which is none of the keys that are looked
   * up, would tell of many values at once whether rows have them that the caller may not read.
   */
  readonly #leavesStored: boolean;
  #rows: readonly CreateManyRow[] = [];
  /** Rows that were there, and which the caller's rules allow to be changed. By index of the row, as all below. */
  readonly changed = new Map<number, StoredRow>();
  readonly outcomes: RowOutcome[] = [];
  /** Null: a row stands in the way of this one and cannot be named, or keys are not given. */
  readonly primaryKeys: (PrimaryKey | null)[] = [];

  constructor(
    scope: CommitScope,
    table: TableModel,
    conflicts: Conflicts,
    expectedVersions: ExpectedVersions,
    givesKeys: boolean,
  ) {
    this.#scope = scope;
    this.#table = table;
    this.#conflicts = conflicts;
    this.#expectedVersions = expectedVersions;
    this.#givesKeys = givesKeys;
    this.#leavesStored = scope.access !== null && conflicts.ignores;
  }

  /** @throws RowFailed for the first row that cannot be written; nothing is undone then. */
  write(rows: readonly CreateManyRow[]): void {
    this.#rows = rows;
    const rowsByShape = Map.groupBy(rows, ({ shape }) => shape);
    // Of rows that name different ones the order does not matter, except for which of them is said to fail.
    const { keys, isNamed } = this.#conflicts;
    const mayReorder = isNamed ? areDistinct(rows.flatMap((row) => row.keys)) : keys.length === 0;
    if (rowsByShape.size > 1 && mayReorder) {
      try {
        this.#scope.savepoint(() => this.#writeAll([...rowsByShape.values()].flat()));
        return;
      } catch (error) {
        if (!(error instanceof RowFailed)) throw error;
      }
    }
    this.#writeAll(rows);
  }

  #writeAll(rows: readonly CreateManyRow[]): void {
    const mayWait = refersToItself(this.#table);
    const twice = mayWait ? rowsNamedTwice(rows) : new Set();
    inHalves(rows, {
      split: (some) => chunks(some, beginRun, lengthOf),
      run: (some) => this.#writeRows(some),
      // One of two rows that are one cannot wait for others: the order of these two matters.
      mayPass: (error, some) => mayWait && isForeignKeyError(error) && !some.some((row) => twice.has(row)),
      fail: (row, reason) => {
        const error = rowError(this.#scope, this.#table, row.shape.columns, row, reason);
        throw error instanceof ShardQLError ? new RowFailed(row.index, error) : error;
      },
    });
  }

  #writeRows(rows: readonly CreateManyRow[]): void {
    const { check } = this.#statements(rows[0]!.shape);
    const isOneStatement = this.#conflicts.keys.length === 0 && check.columns.length === 0;
    if (isOneStatement) this.#writePairs(rows.map((row) => [row, null]));
    else this.#scope.savepoint(() => this.#writePairs(this.#find(rows)));
  }

  /** The rows that are there already. */
  #find(rows: readonly CreateManyRow[]): Pair[] {
    const { columns } = rows[0]!.shape;
    const stored: (FoundRow | null)[] = rows.map(() => null);
    for (const key of this.#conflicts.keys) {
      const positions = key.columns.map((column) => columns.indexOf(column));
      const keys = rows.map(({ cells }) => positions.map((at) => cells[at] ?? null));
      const found = findStoredRows(this.#scope.session, this.#table, key, keys);
      for (const [at, row] of found.entries()) stored[at] ??= row && { ...row, key };
    }
    return rows.map((row, at) => [row, stored[at]!]);
  }

  #writePairs(pairs: readonly Pair[]): void {
    if (this.#scope.access !== null) this.#judge(this.#scope.access, pairs);
    for (const [{ index }, stored] of pairs) {
      const expected = this.#expectedVersions?.[index] ?? null;
      if (stored?.isDeleted && !this.#conflicts.ignores) throw deletedRow(this.#table);
      if (stored) requireVersion(this.#scope, this.#table, stored, expected);
      else if (expected !== null) throw noSuchVersion(this.#table, expected);
    }
    const rows = pairs.map(([row]) => row);
    const { shape } = rows[0]!;
    const { insert, check, storedCheck, isSilent } = this.#statements(shape);
    const given = pairs.flatMap(([row, stored]) => (stored ? (this.#leavesStored ? [] : [row.asChange]) : [row]));
    const written = given.length === 0 ? [] : this.#scope.session.rows(...statementFor(insert, shape.columns, given));
    const keyLength = this.#table.primaryKey.columns.length;
    const storedKeys = new Set(pairs.flatMap(([, stored]) => (stored ? [textOf(stored.primaryKey)] : [])));
    for (const cells of check.columns.length > 0 ? written : []) {
      const isStored = storedKeys.has(textOf(cells.slice(0, keyLength) as WireValue[]));
      const { columns } = isStored ? storedCheck : check;
      const values = columns.map((column) => cells[keyLength + check.columns.indexOf(column)]!);
      requireSound(this.#table, isStored ? storedCheck : check, values);
    }
    if (isSilent) this.#noteInserted(rows);
    else
      this.#note(
        pairs,
        storedKeys,
        written.map((cells) => cells.slice(0, keyLength) as WireValue[]),
      );
  }

  /** Nobody asks for their keys. */
  #noteInserted(rows: readonly CreateManyRow[]): void {
    for (const { index } of rows) {
      this.outcomes[index] = 'INSERTED';
      this.primaryKeys[index] = null;
    }
  }

  /** SQLite gives the rows that it writes in the order in which it writes them. */
  #note(pairs: readonly Pair[], storedKeys: ReadonlySet<string>, written: readonly PrimaryKey[]): void {
    const writtenKeys = new Set(written.map(textOf));
    const inserted = written.filter((key) => !storedKeys.has(textOf(key)));
    const storedCount = pairs.filter(([, stored]) => stored).length;
    // Rows are ignored because of each other, too, by an index that is none of the keys.
    const isClear =
      writtenKeys.size === written.length &&
      storedKeys.size === storedCount &&
      inserted.length === pairs.length - storedCount;
    if (!isClear && pairs.length > 1) throw new UnclearOutcomes();
    for (const [{ index }, stored] of pairs) {
      const primaryKey = stored?.primaryKey ?? inserted.shift() ?? null;
      this.primaryKeys[index] = primaryKey;
      if (stored && !this.#conflicts.ignores) {
        this.outcomes[index] = writtenKeys.has(textOf(stored.primaryKey)) ? 'UPDATED' : 'UNCHANGED';
      } else this.outcomes[index] = stored || primaryKey === null ? 'IGNORED' : 'INSERTED';
    }
  }

  /** What is there already, and what rows refer to, as the caller's rules have it. */
  #judge(access: CallerAccess, pairs: readonly Pair[]): void {
    const { columns, set } = pairs[0]![0].shape;
    const found = pairs.filter((pair): pair is [CreateManyRow, FoundRow] => pair[1] !== null);
    const changed = this.#conflicts.ignores || set.length === 0 ? [] : found;
    const verdicts = access.judge(
      this.#table,
      changed.length > 0 ? 'update' : 'read',
      found.map(([, { primaryKey }]) => primaryKey),
    );
    for (const [at, [, { key }]] of found.entries()) {
      // As if it had not been looked for: more than that the key is taken is not to be known.
      if (verdicts[at] === 'hidden') throw takenKey(this.#table, key);
      access.refuse(this.#table, 'update', verdicts[at]);
    }
    const valuesOf = ({ cells }: BulkRow, some: readonly ColumnModel[]): WireValues =>
      Object.fromEntries(some.map((column) => [column.name, cells[columns.indexOf(column)] ?? null]));
    requireTargets(this.#scope, this.#table, {
      rows: pairs.flatMap(([row, stored]) => (stored ? [] : [valuesOf(row, columns)])),
      given: columns.map(({ name }) => name),
      verb: 'create',
      isBrought: this.#isBrought,
    });
    const changes = changed.map(([{ asChange }, { rowId }]) => ({ rowId, values: valuesOf(asChange, set) }));
    requireTargetsOfChange(this.#scope, this.#table, changes, this.#isBrought);
    const rows = changed.map(([, stored]) => stored);
    access.willChange(this.#table, rows, set);
    for (const [{ index }, stored] of changed) this.changed.set(index, stored);
  }

  /** Whether one of the rows that this operation brings has these values. */
  readonly #isBrought: ReferringRows['isBrought'] = (foreignKey, values) => {
    const { targetType, targetColumns } = foreignKey;
    if (targetType !== this.#table.typeName) return false;
    const texts = getOrInsert(this.#broughtByForeignKey, foreignKey, () => {
      const columns = targetColumns.map((name) => this.#table.columnByName.get(name)!);
      return new Set(
        this.#rows.map(({ shape, cells }) =>
          textOf(columns.map((column) => cells[shape.columns.indexOf(column)] ?? null)),
        ),
      );
    });
    return texts.has(textOf(values));
  };

  #statements(shape: Shape): ShapeStatements {
    let statements = this.#statementsByShape.get(shape);
    if (!statements) {
      statements = shapeStatements(this.#table, this.#conflicts, shape, this.#givesKeys, this.#leavesStored);
      this.#statementsByShape.set(shape, statements);
    }
    return statements;
  }
}

/** How rows of a shape are inserted. */
interface ShapeStatements {
  readonly insert: InsertStatements;
  /** Of rows that are new. */
  readonly check: RowCheck;
  /** Of rows that were there: some of the same columns. */
  readonly storedCheck: RowCheck;
  /** Nothing comes back: all rows are new, none is checked, and nobody asks for keys. */
  readonly isSilent: boolean;
}

/** The result has the primary key of each row that is written, then what is checked. */
function shapeStatements(
  table: TableModel,
  { keys, isNamed }: Conflicts,
  { columns, set }: Shape,
  givesKeys: boolean,
  leavesStored: boolean,
): ShapeStatements {
  const check = insertCheck(table, columns);
  const primaryKey = table.primaryKey.columns.map((column) => wireTextSql(column, quoteName(column.sqlName)));
  const isSilent = !givesKeys && keys.length === 0 && check.columns.length === 0;
  const insert = insertStatements({
    table,
    columns,
    conflict: keys.length === 0 || leavesStored ? null : { key: isNamed ? keys[0]! : null, set },
    returning: isSilent ? [] : [...primaryKey, ...checkSql(check)],
  });
  return { insert, check, storedCheck: updateCheck(table, set), isSilent };
}

const deletedRow = ({ typeName }: TableModel): ShardQLError =>
  new ShardQLError(
    'UNIQUE_VIOLATION',
    `Expected ${withArticle(typeName)} that is new or not deleted, but got the key of a deleted one. Restore it with restore${typeName}, or remove it for good with purge${typeName}.`,
    { table: typeName },
  );

const noSuchVersion = ({ typeName }: TableModel, version: Version): ShardQLError =>
  new ShardQLError(
    'NOT_FOUND',
    `Expected ${withArticle(typeName)} at version ${versionToText(version)}, but got none with this key.`,
    { table: typeName },
  );

/** Those whose row another one names, too. */
function rowsNamedTwice(rows: readonly CreateManyRow[]): ReadonlySet<CreateManyRow> {
  const rowsByKey = Map.groupBy(
    rows.flatMap((row) => row.keys.map((key) => ({ row, key }))),
    ({ key }) => key,
  );
  return new Set(
    [...rowsByKey.values()].filter((some) => some.length > 1).flatMap((some) => some.map(({ row }) => row)),
  );
}

/** Whether the row is there is not known before the statement is made. */
const lengthOf = ({ json, asChange }: CreateManyRow): number => Math.max(json.length, asChange.json.length);

/** Rows of one statement give the same columns, and name different rows. */
function beginRun({ shape, keys }: CreateManyRow): (row: CreateManyRow) => boolean {
  const taken = new Set(keys);
  return (row) => {
    if (row.shape !== shape || row.keys.some((key) => taken.has(key))) return false;
    for (const key of row.keys) taken.add(key);
    return true;
  };
}
