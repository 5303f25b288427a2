/** The author's words, by what they are about. */
import type { DatabaseSchema } from '../schema/database-schema.ts';
import type { Words } from './change.ts';

/** What is said of tables, or of the columns of one. */
export interface SortedWords {
  /** New name by old name. */
  readonly renames: ReadonlyMap<string, string>;
  readonly drops: ReadonlySet<string>;
}

export const NO_WORDS: SortedWords = { renames: new Map(), drops: new Set() };

interface Place {
  /** As it is called before the migration. */
  readonly table: string;
  readonly column: string | null;
}

/** @throws {Error} if a word names what does not exist, or two words contradict each other. */
export function sortWords(
  before: DatabaseSchema,
  after: DatabaseSchema,
  { renames, drops }: Words,
): { tableWords: SortedWords; columnWords: ReadonlyMap<string, SortedWords> } {
  const tableRenames = new Map<string, string>();
  const tableDrops = new Set<string>();
  const columnRenames: (readonly [Place, string])[] = [];
  const columnDrops: Place[] = [];
  const columnWords = new Map<string, { renames: Map<string, string>; drops: Set<string> }>();
  for (const { from, to } of renames.filter(({ from }) => before.has(from))) {
    if (!after.has(to))
      throw unknown('--rename', `${from}=${to}`, `a table of the model, which has ${list(after.keys())}`);
    setOnce(tableRenames, from, to, `${from}=${to}`);
  }
  for (const name of drops.filter((name) => before.has(name))) tableDrops.add(name);
  const oldNameOf = (table: string): string => [...tableRenames].find(([, to]) => to === table)?.[0] ?? table;
  for (const { from, to } of renames.filter(({ from }) => !before.has(from))) {
    const place = findColumn(before, oldNameOf, from);
    if (place === null) throw unknown('--rename', `${from}=${to}`, whatThereIs(before, oldNameOf, from));
    columnRenames.push([place, to]);
  }
  for (const name of drops.filter((name) => !before.has(name))) {
    const place = findColumn(before, oldNameOf, name);
    if (place === null) throw unknown('--drop', name, whatThereIs(before, oldNameOf, name));
    columnDrops.push(place);
  }
  const wordsOf = (table: string) => {
    const words = columnWords.get(table) ?? { renames: new Map<string, string>(), drops: new Set<string>() };
    columnWords.set(table, words);
    return words;
  };
  for (const [{ table, column }, to] of columnRenames) {
    const now = after.get(tableRenames.get(table) ?? table);
    const written = `${table}.${column}=${to}`;
    if (!now?.columns.has(to)) {
      throw unknown(
        '--rename',
        written,
        now
          ? `a column of "${now.name}", which has ${list(now.columns.keys())}`
          : `a table that stays, and "${table}" does not`,
      );
    }
    setOnce(wordsOf(table).renames, column!, to, written);
  }
  for (const { table, column } of columnDrops) wordsOf(table).drops.add(column!);
  for (const [table, words] of [['', { renames: tableRenames, drops: tableDrops }] as const, ...columnWords]) {
    const both = [...words.renames.keys()].find((name) => words.drops.has(name));
    if (both === undefined) continue;
    throw new Error(
      `Expected one word on "${table === '' ? both : `${table}.${both}`}", but got both --rename and --drop.`,
    );
  }
  return { tableWords: { renames: tableRenames, drops: tableDrops }, columnWords };
}

function setOnce(renames: Map<string, string>, from: string, to: string, written: string): void {
  const other = renames.get(from);
  if (other !== undefined && other !== to) {
    throw new Error(`Expected one new name of "${from}", but got --rename ${written} as well as "${other}".`);
  }
  renames.set(from, to);
}

/** `table.column`; both may have points in them. The table is called by its old name, or by its new one where that is free. */
function findColumn(before: DatabaseSchema, oldNameOf: (table: string) => string, name: string): Place | null {
  for (let at = name.indexOf('.'); at >= 0; at = name.indexOf('.', at + 1)) {
    const written = name.slice(0, at);
    const table = before.has(written) ? written : oldNameOf(written);
    const column = name.slice(at + 1);
    if (before.get(table)?.columns.has(column)) return { table, column };
  }
  return null;
}

function whatThereIs(before: DatabaseSchema, oldNameOf: (table: string) => string, name: string): string {
  const [written] = name.split('.') as [string];
  const table = before.get(written) ?? before.get(oldNameOf(written));
  return table !== undefined && name.includes('.')
    ? `a column of "${table.name}" as the last migration left it: ${list(table.columns.keys())}`
    : `a table or table.column, by SQL names, as the last migration left them: ${list(before.keys())}`;
}

const list = (names: Iterable<string>): string => [...names].map((name) => `"${name}"`).join(', ');

const unknown = (option: string, value: string, expected: string): Error =>
  new Error(`Expected ${option} to name ${expected}; but got ${value}.`);
