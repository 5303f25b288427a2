/** What createMany does, by definition: its rows one after the other, then the references. */
import type { RowOutcome } from '../../../../src/shards/operation.ts';
import type { GivenRow } from './bulk-lab.ts';

type Cell = string | number | null;

export interface NaiveRow {
  readonly tenant: string;
  readonly id: string;
  readonly email: string | null;
  readonly code: number | null;
  readonly name: string | null;
  readonly note: string | null;
  readonly rank: number;
  readonly token: string;
  readonly parent: string | null;
}

export interface NaiveConflict {
  readonly key: string | null;
  /** Null: a row that is there is ignored. */
  readonly set: readonly string[] | null;
}

type Key = 'id' | 'email' | 'code';

const KEYS: readonly Key[] = ['id', 'email', 'code'];
const DEFAULTS = { tenant: 't', email: null, code: null, name: null, note: null, rank: 7, token: 'new', parent: null };

const keyText = (row: NaiveRow, key: Key): string | null => {
  const value = row[key];
  return value === null ? null : String(key === 'email' ? String(value).toLowerCase() : value);
};

/** Columns in the order of {@link toCells}. */
export const ITEM_COLUMNS = ['id', 'email', 'code', 'name', 'note', 'rank', 'token', 'parent'] as const;

export const toCells = (row: NaiveRow): Cell[] => ITEM_COLUMNS.map((name) => row[name]);

interface Written {
  /** In the order of ids. */
  readonly table: readonly NaiveRow[];
  readonly outcomes: readonly RowOutcome[];
  /** As they are in the end. */
  readonly rows: readonly (NaiveRow | null)[];
}

interface Refused {
  readonly code: string;
  readonly row: number;
  /** No other row has a flaw that could be told instead. */
  readonly isFirst: boolean;
}

export function createManyNaively(
  before: readonly NaiveRow[],
  given: readonly GivenRow[],
  onConflict: NaiveConflict | null,
): Written | Refused {
  const byId = new Map(before.map((row) => [row.id, row]));
  const outcomes: RowOutcome[] = [];
  const ids: string[] = [];
  const refers = given.some(({ parent }) => parent !== undefined);
  const refuse = (code: string, row: number): Refused => ({ code, row, isFirst: !refers });
  for (const [index, cells] of given.entries()) {
    const row = {
      ...DEFAULTS,
      ...Object.fromEntries(Object.entries(cells).map(([name, cell]) => [name, cellValue(cell)])),
    } as NaiveRow;
    const others = [...byId.values()];
    const holderOf = (key: Key) =>
      others.find((other) => keyText(row, key) !== null && keyText(other, key) === keyText(row, key));
    const keys = onConflict === null ? [] : onConflict.key === null ? KEYS : [onConflict.key as Key];
    const found = keys.map(holderOf).find((holder) => holder !== undefined);
    // SQLite checks NOT NULL first; where one key is named, a name that is left out is that of the row that is there.
    const keepsName = found !== undefined && onConflict!.key !== null && cells.name === undefined;
    if (row.name === null && !keepsName) return refuse('NOT_NULL_VIOLATION', index);
    if (found) {
      const set = (onConflict!.set ?? []).filter((name) => cells[name] !== undefined && !isDefault(cells[name]));
      const changed = { ...found, ...Object.fromEntries(set.map((name) => [name, changeValue(cells[name]!)])) };
      ids.push(found.id);
      if (onConflict!.set === null) outcomes.push('IGNORED');
      else if (set.every((name) => changed[name as keyof NaiveRow] === found[name as keyof NaiveRow]))
        outcomes.push('UNCHANGED');
      else {
        outcomes.push('UPDATED');
        if (
          clashes(
            changed,
            others.filter((other) => other !== found),
          )
        )
          return refuse('UNIQUE_VIOLATION', index);
        byId.set(found.id, changed);
      }
    } else {
      if (clashes(row, others)) return refuse('UNIQUE_VIOLATION', index);
      byId.set(row.id, row);
      ids.push(row.id);
      outcomes.push('INSERTED');
    }
  }
  const table = [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  const orphan = table.find(({ parent }) => parent !== null && !byId.has(parent));
  if (orphan) return { code: 'FOREIGN_KEY_VIOLATION', row: ids.indexOf(orphan.id), isFirst: false };
  return { table, outcomes, rows: ids.map((id) => byId.get(id) ?? null) };
}

/** True if another row has one of its keys. */
const clashes = (row: NaiveRow, others: readonly NaiveRow[]): boolean =>
  others.some((other) => KEYS.some((key) => keyText(row, key) !== null && keyText(row, key) === keyText(other, key)));

const isDefault = (cell: GivenRow[string] | undefined): boolean => Array.isArray(cell) && cell.length === 1;
const changeValue = (cell: GivenRow[string]): Cell => (Array.isArray(cell) ? (cell.at(-1) ?? null) : (cell as Cell));
const cellValue = (cell: GivenRow[string]): Cell => (Array.isArray(cell) ? (cell[0] ?? null) : (cell as Cell));
