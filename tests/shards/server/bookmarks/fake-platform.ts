/**
 * Bookmarks as the platform has them, in a runtime that has none: whole databases are kept, and one of them takes the place of the
 * object's own when it starts again.
 */
import type { PlatformBookmarks } from '../../../../src/shards/server/bookmarks/platform-bookmarks.ts';
import { quoteName } from '../../../../src/shards/sql/sql-text.ts';

interface SchemaEntry {
  readonly type: string;
  readonly name: string;
  readonly sql: string;
}

/** Of a full-text index: what it was given, under row ids. Its own tables nobody may write but itself. */
interface StoredTable extends SchemaEntry {
  readonly columns: readonly string[];
  readonly rows: readonly SqlStorageValue[][];
}

interface Moment {
  readonly atMs: number;
  readonly tables: readonly StoredTable[];
  /** Indexes, views and triggers. */
  readonly others: readonly SchemaEntry[];
}

export class FakePlatform {
  readonly #moments = new Map<string, Moment>();
  #pending: string | null = null;
  /** Makes the next request to go back fail with this message, once. */
  refusal: string | null = null;
  restores = 0;

  /** `restart`: ends the life of the object. */
  of(storage: DurableObjectStorage, restart: () => void): PlatformBookmarks {
    return {
      at: async (timeMs) => {
        const found = [...this.#moments].filter(([, { atMs }]) => atMs <= timeMs).at(-1);
        if (!found) throw new Error('no bookmark is that old');
        return found[0];
      },
      current: async () => this.keep(storage),
      restoreAtNextStart: async (bookmark) => {
        const { refusal } = this;
        this.refusal = null;
        if (refusal !== null) throw new Error(refusal);
        if (!this.#moments.has(bookmark)) throw new Error('unknown bookmark');
        this.#pending = bookmark;
      },
      restart: () => {
        restart();
        throw new Error('the object was reset');
      },
    };
  }

  /** Keeps the database as it is; gives its bookmark. */
  keep(storage: DurableObjectStorage): string {
    const bookmark = `0000-${String(this.#moments.size + 1).padStart(4, '0')}`;
    this.#moments.set(bookmark, { atMs: Date.now(), ...readDatabase(storage.sql) });
    return bookmark;
  }

  /** The object starts. */
  start(storage: DurableObjectStorage): void {
    if (this.#pending === null) return;
    const moment = this.#moments.get(this.#pending)!;
    this.#pending = null;
    this.restores++;
    storage.transactionSync(() => {
      storage.sql.exec('PRAGMA defer_foreign_keys = ON');
      for (const { type, name } of readSchema(storage.sql).reverse()) {
        if (type === 'trigger' || type === 'view') storage.sql.exec(`DROP ${type} ${quoteName(name)}`);
      }
      for (const { type, name } of readSchema(storage.sql)) {
        if (type === 'table') storage.sql.exec(`DROP TABLE ${quoteName(name)}`);
      }
      for (const { sql, name, columns, rows } of moment.tables) {
        storage.sql.exec(sql);
        const into = `${quoteName(name)} (${columns.map(quoteName).join(', ')})`;
        for (const row of rows) {
          storage.sql.exec(`INSERT INTO ${into} VALUES (${row.map(() => '?').join(', ')})`, ...row);
        }
      }
      for (const { sql } of moment.others) storage.sql.exec(sql);
    });
  }
}

function readDatabase(sql: SqlStorage): Pick<Moment, 'tables' | 'others'> {
  const schema = readSchema(sql);
  const tables = schema.filter(({ type }) => type === 'table').map((table) => ({ ...table, ...readRows(sql, table) }));
  return { tables, others: schema.filter(({ type }) => type !== 'table') };
}

function readRows(sql: SqlStorage, table: SchemaEntry): Pick<StoredTable, 'columns' | 'rows'> {
  const cursor = sql.exec(`SELECT ${isVirtual(table) ? 'rowid, *' : '*'} FROM ${quoteName(table.name)}`);
  return { columns: cursor.columnNames, rows: [...cursor.raw()] };
}

const isVirtual = ({ sql }: SchemaEntry): boolean => sql.startsWith('CREATE VIRTUAL TABLE');

/** But for what full-text indexes make for themselves. */
function readSchema(sql: SqlStorage): SchemaEntry[] {
  const entries = readEntries(sql);
  const indexes = entries.filter(isVirtual);
  return entries.filter(({ name }) => !indexes.some((index) => name.startsWith(`${index.name}_`)));
}

const readEntries = (sql: SqlStorage): SchemaEntry[] =>
  [
    ...sql.exec(
      `SELECT type, name, sql FROM sqlite_master
       WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\' ORDER BY rowid`,
    ),
  ] as unknown as SchemaEntry[];
