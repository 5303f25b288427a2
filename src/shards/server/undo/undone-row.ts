/** One row on its way back: how it is written, and what keeps it from that. */

import { requireStored } from '../../../model/codec.ts';
import { InvalidValueError } from '../../../model/invalid-value-error.ts';
import type { ColumnModel, ForeignKeyModel, TableModel, WireValue } from '../../../model/types.ts';
import { storedToWire } from '../../../model/values/stored-to-wire.ts';
import type { WireValues } from '../../operation.ts';
import type { SqlSession } from '../../sql/sql-session.ts';
import type { Version } from '../../version.ts';
import type { CommitScope } from '../commit/commit-scope.ts';
import { readWireValues } from '../commit/locate-row.ts';
import { insertCheck, updateCheck } from '../commit/row-check.ts';
import { referringRows, stillReferred } from './referring-rows.ts';
import { mayMoveKeys, type RowChange, SchemaChanged, type StoredValues } from './row-changes.ts';
import { deleteRow, findByValues, findRow, insertRow, nulls, updateRow } from './row-statements.ts';
import { UndoConflict, UnsettledParent } from './undo-conflict.ts';

export type UndoScope = Pick<CommitScope, 'model' | 'session' | 'savepoint' | 'shardKeys'>;

/** The rows of an undo that are still to be written. */
export interface OpenRows {
  /** Null: it is none of them. */
  find(table: TableModel, rowId: string): UndoneRow | null;
}

export class UndoneRow {
  readonly change: RowChange;
  /** Null: not there. */
  #rowId: string | null = null;
  /** Columns that are NULL for a moment, so that rows that wait for each other can be written one after another. */
  #parked: readonly ColumnModel[] = [];
  #state: 'open' | 'written' | 'unchanged' | 'left' = 'open';
  /** Why it could not be written when that was last tried. */
  failure: unknown = null;

  constructor(change: RowChange) {
    this.change = change;
  }

  get isOpen(): boolean {
    return this.#state === 'open';
  }

  /** False of a row that has its values of before anyway. */
  get isWritten(): boolean {
    return this.#state === 'written';
  }

  get isParked(): boolean {
    return this.#parked.length > 0;
  }

  /** Null while it is not there. */
  get rowId(): string | null {
    return this.#rowId;
  }

  /** Finds the row, which must be as the operation has left it. Absence is left to the primary key. */
  locate({ session, shardKeys }: UndoScope, version: Version): void {
    const { table, key, kind, shardKey } = this.change;
    const name = table.typeName;
    if (!shardKeys.has(shardKey)) {
      throw new UndoConflict('SLOT_MOVED', `Expected ${name} of this shard, but got one whose slot has moved.`);
    }
    if (kind === 'insert') return;
    const row = findRow(session, table, key);
    if (row === null) {
      throw new UndoConflict('DELETED_SINCE', `Expected ${name} as the operation left it, but it was deleted since.`);
    }
    if (row.version !== version) {
      throw new UndoConflict('CHANGED_SINCE', `Expected ${name} as the operation left it, but it was changed since.`);
    }
    this.#rowId = row.rowId;
  }

  /** True if the operation has set nothing of the row but what it had. */
  wasOnlyTouched({ session }: UndoScope): boolean {
    const { kind, before } = this.change;
    try {
      return kind === 'update' && before(session).size === 0;
    } catch (error) {
      if (error instanceof SchemaChanged) return false;
      throw error;
    }
  }

  /** @throws UndoConflict, ShardQLError or StatementError if it cannot be written as rows are now. */
  write(scope: UndoScope, open: OpenRows): void {
    const { change } = this;
    switch (change.kind) {
      case 'delete':
        this.#delete(scope);
        break;
      case 'insert':
        if (this.isParked) this.#complete(scope, open);
        else {
          const values = this.#valuesBefore(scope);
          this.#requireSettledParents(scope, toWireValues(values), open);
          const check = insertCheck(change.table, [...values.keys()]);
          this.#rowId = scope.savepoint(() => insertRow(scope.session, change.table, values, check));
        }
        break;
      case 'update': {
        const together = this.#update(scope, open);
        if (together === null) {
          this.#state = 'unchanged';
          return;
        }
        for (const row of together) row.#state = 'written';
      }
    }
    this.#state = 'written';
  }

  /**
   * Writes the row with NULL in all columns by which it may wait for another, or another for it. True if it has any
   * such columns. It stays open.
   *
   * @throws as {@link write}.
   */
  park(scope: UndoScope): boolean {
    const { kind, table } = this.change;
    const values = this.#valuesBefore(scope);
    const parked = linkColumns(table).filter((column) => {
      const value = values.get(column);
      return kind === 'delete' || (value !== undefined && (kind === 'update' || value.type !== 'null'));
    });
    if (parked.length === 0) return false;
    if (kind === 'insert') this.#rowId = insertRow(scope.session, table, new Map([...values, ...nulls(parked)]), null);
    else {
      this.#requireUnreferred(scope, new Set(parked));
      updateRow(scope.session, table, this.#rowId!, nulls(parked), null);
    }
    this.#parked = parked;
    return true;
  }

  /** The statements since it was parked are taken back. */
  unpark(): void {
    this.#parked = [];
    this.#state = 'open';
    if (this.change.kind === 'insert') this.#rowId = null;
  }

  /** It is tried no more. */
  stay(): void {
    this.#state = 'left';
  }

  /** All values of the row as they are to be, as far as they are known: for those who explain a failure. */
  wireValues({ session }: UndoScope): WireValues {
    const { table } = this.change;
    const given = table.columns.filter(({ generated }) => !generated);
    const current = this.#rowId === null ? {} : readWireValues(session, table, given, this.#rowId);
    return { ...current, ...toWireValues(this.change.before(session)) };
  }

  #delete(scope: UndoScope): void {
    this.#requireUnreferred(scope, null);
    deleteRow(scope.session, this.change.table, this.#rowId!);
  }

  #complete(scope: UndoScope, open: OpenRows): void {
    const values = this.#valuesBefore(scope);
    this.#requireSettledParents(scope, toWireValues(values), open);
    const missing = new Map(this.#parked.map((column) => [column, values.get(column)!]));
    const { table } = this.change;
    const check = insertCheck(table, [...values.keys()]);
    scope.savepoint(() => updateRow(scope.session, table, this.#rowId!, missing, check));
  }

  /** Gives the rows that were written with it; null if it has its values of before. */
  #update(scope: UndoScope, open: OpenRows): readonly UndoneRow[] | null {
    const { table } = this.change;
    const { session } = scope;
    const values = this.#valuesBefore(scope);
    const current = readWireValues(session, table, [...values.keys()], this.#rowId!);
    const changed = new Map(
      [...values].filter(([column, value]) => storedToWire(column, value) !== current[column.name]),
    );
    if (changed.size === 0) return this.isParked ? [] : null;
    this.#requireSettledParents(scope, toWireValues(changed), open);
    const followers = this.#followers(scope, new Set(changed.keys()), open);
    return scope.savepoint(() => {
      updateRow(session, table, this.#rowId!, changed, updateCheck(table, [...changed.keys()]));
      return [...followers, ...followers.flatMap((follower) => follower.#update(scope, open) ?? [])];
    });
  }

  /** Rows that `ON UPDATE CASCADE` changes together with this one: they must be on their way back too. */
  #followers(scope: UndoScope, changed: ReadonlySet<ColumnModel>, open: OpenRows): UndoneRow[] {
    const { session, model } = scope;
    return referringRows(session, model, this.change.table, this.#rowId!, changed).flatMap(({ referrer, rowIds }) =>
      rowIds.map((rowId) => {
        const row = open.find(referrer.table, rowId);
        const follows = row?.change.kind === 'update' && referrer.foreignKey.onUpdate === 'cascade';
        if (!follows) throw stillReferred(this.change.table, referrer);
        row.#requireUnreferred(scope, new Set(referrer.foreignKey.columns));
        return row;
      }),
    );
  }

  /** `columns`: by one of these; null: by any. */
  #requireUnreferred({ session, model }: UndoScope, columns: ReadonlySet<ColumnModel> | null): void {
    const { table } = this.change;
    const [referring] = referringRows(session, model, table, this.#rowId!, columns);
    if (referring) throw stillReferred(table, referring.referrer);
  }

  /** `values`: those that are to be written. A foreign key of which they have none stays as it is. */
  #requireSettledParents({ session, model }: UndoScope, values: WireValues, open: OpenRows): void {
    const { table } = this.change;
    for (const foreignKey of table.foreignKeys) {
      const target = model.table(foreignKey.targetType);
      if (!mayLoseKey(target, foreignKey) || !foreignKey.columns.some(({ name }) => name in values)) continue;
      const own = this.#rowId === null ? {} : readWireValues(session, table, foreignKey.columns, this.#rowId);
      const key = foreignKey.columns.map(({ name }) => values[name] ?? own[name] ?? null);
      if (key.includes(null)) continue;
      const columns = foreignKey.targetColumns.map((name) => target.columnByName.get(name)!);
      const parent = open.find(target, findByValues(session, target, columns, key) ?? '');
      if (parent && parent !== this && parent.#losesKey(session, columns, key)) {
        throw new UnsettledParent(table.typeName, target.typeName);
      }
    }
  }

  /** True if the row has other values in these columns once it has gone back. */
  #losesKey(session: SqlSession, columns: readonly ColumnModel[], key: readonly WireValue[]): boolean {
    if (this.change.kind === 'delete') return true;
    const before = this.change.before(session);
    return columns.some((column, at) => before.has(column) && storedToWire(column, before.get(column)!) !== key[at]);
  }

  /** Held to the model: what it would refuse of a client does not come back either. */
  #valuesBefore({ session }: UndoScope): StoredValues {
    try {
      const values = this.change.before(session);
      for (const [column, value] of values) requireStored(column, storedToWire(column, value), value.type);
      return values;
    } catch (error) {
      const name = this.change.table.typeName;
      if (error instanceof SchemaChanged) {
        throw new UndoConflict('SCHEMA_CHANGED', `Expected values of ${name} as it is now, but got ${error.message}.`);
      }
      if (error instanceof InvalidValueError) throw new UndoConflict('INVALID_VALUE', `${name}: ${error.message}`);
      throw error;
    }
  }
}

const toWireValues = (values: StoredValues): Readonly<Record<string, WireValue>> =>
  Object.fromEntries([...values].map(([column, value]) => [column.name, storedToWire(column, value)]));

/** Primary keys are there as long as their row, unless they follow another. */
const mayLoseKey = (target: TableModel, { targetColumns }: ForeignKeyModel): boolean =>
  mayMoveKeys(target) || !targetColumns.every((name) => target.primaryKey.names.includes(name));

/** Columns outside the primary key by which rows exclude or need each other, and that may be NULL. */
function linkColumns({ foreignKeys, uniqueKeys, indexes, primaryKey, columns }: TableModel): ColumnModel[] {
  const linked = new Set<string>([
    ...foreignKeys.flatMap((foreignKey) => foreignKey.columns.map(({ name }) => name)),
    ...uniqueKeys.flatMap(({ names }) => names),
    ...indexes.flatMap((index) => (index.unique ? index.columns.filter((name) => name !== null) : [])),
  ]);
  return columns.filter((column) => linked.has(column.name) && !column.notNull && !primaryKey.columns.includes(column));
}
