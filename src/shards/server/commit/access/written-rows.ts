/** The rows that a commit has written so far for a caller with rules: what they have become is looked at. */
import { getOrInsert } from '../../../../lib/get-or-insert.ts';
import type { TableModel } from '../../../../model/types.ts';
import type { PrimaryKey } from './caller-access.ts';
import { textOfKey } from './row-tests.ts';
import type { StateBefore } from './transitions.ts';

export interface WrittenRow {
  readonly primaryKey: PrimaryKey;
  /** A row that was created and then changed is still one that was created. */
  readonly isNew: boolean;
  /** Null for one that is new. */
  readonly rowId: string | null;
  /** Index of the last operation that wrote it, and of the row in that. */
  operation: number;
  row: number | undefined;
  /** It was looked at since it was last written. */
  isVerified: boolean;
}

export class WrittenRows {
  readonly #byTable = new Map<TableModel, Map<string, WrittenRow>>();
  readonly #beforeByTable = new Map<TableModel, Map<string, StateBefore>>();

  of(table: TableModel, primaryKey: PrimaryKey): WrittenRow | undefined {
    return this.#byTable.get(table)?.get(textOfKey(primaryKey));
  }

  add(table: TableModel, row: Omit<WrittenRow, 'isVerified'>): void {
    const rows = getOrInsert(this.#byTable, table, () => new Map<string, WrittenRow>());
    const known = rows.get(textOfKey(row.primaryKey));
    // One that is created has nothing in common with one that had the key before.
    if (known === undefined || row.isNew) rows.set(textOfKey(row.primaryKey), { ...row, isVerified: false });
    else Object.assign(known, { operation: row.operation, row: row.row, isVerified: false });
  }

  /** What a row was before the first change that transitions are about; null: there was none. */
  before(table: TableModel, primaryKey: PrimaryKey): StateBefore | null {
    return this.#beforeByTable.get(table)?.get(textOfKey(primaryKey)) ?? null;
  }

  noteBefore(table: TableModel, primaryKey: PrimaryKey, state: StateBefore): void {
    getOrInsert(this.#beforeByTable, table, () => new Map<string, StateBefore>()).set(textOfKey(primaryKey), state);
  }

  /** Those of a table that were not looked at since they were written. */
  unverified(table: TableModel): WrittenRow[] {
    return [...(this.#byTable.get(table)?.values() ?? [])].filter(({ isVerified }) => !isVerified);
  }

  entries(): Iterable<[TableModel, WrittenRow[]]> {
    return [...this.#byTable].map(([table, rows]) => [table, [...rows.values()]]);
  }
}
