/** Which table and column of the old database is which of the new one: by name, else by what the author says. */
import type { DatabaseSchema, DatabaseTable } from '../schema/database-schema.ts';
import type { Change, Loss, TableChange, Words } from './change.ts';

export type Match = { readonly change: Change; readonly losses: readonly [] } | { readonly losses: readonly Loss[] };

/**
 * @returns the change, or everything that would be lost without a word of the author.
 * @throws {Error} if words name what does not exist, or contradict each other.
 */
export function matchNames(before: DatabaseSchema, after: DatabaseSchema, words: Words): Match {
  const { tableWords, columnWords } = sortWords(before, after, words);
  const tables = matchAll(new Set(before.keys()), new Set(after.keys()), tableWords, 'tables');
  const losses: Loss[] = tables.lost.map((table) => ({
    table,
    column: null,
    isComputed: false,
    candidates: tables.unmatched,
  }));
  const changes = [...after.values()].map((table) => {
    const source = tables.sourceByName.get(table.name) ?? null;
    if (source === null) return newTable(table);
    const old = before.get(source)!;
    const said = columnWords.get(source) ?? NOTHING;
    const { change, lost } = matchColumns(old, table, said);
    losses.push(...lost);
    return change;
  });
  if (losses.length > 0) return { losses };
  return { change: { tables: changes, droppedTables: tables.dropped }, losses: [] };
}

interface SortedWords {
  /** New name by old name. */
  readonly renames: ReadonlyMap<string, string>;
  readonly drops: ReadonlySet<string>;
}

const NOTHING: SortedWords = { renames: new Map(), drops: new Set() };

const newTable = ({ name, columns }: DatabaseTable): TableChange => ({
  name,
  source: null,
  columnSources: new Map([...columns.keys()].map((column) => [column, null])),
  droppedColumns: [],
});

function matchColumns(
  old: DatabaseTable,
  table: DatabaseTable,
  words: SortedWords,
): { change: TableChange; lost: readonly Loss[] } {
  const match = matchAll(new Set(old.columns.keys()), new Set(table.columns.keys()), words, `columns of "${old.name}"`);
  const isStored = (name: string): boolean => old.columns.get(name)!.generated === null;
  // Columns that SQLite computes take no values over, and what it computed is no loss, unless it is to be kept.
  const candidates = match.unmatched.filter((name) => table.columns.get(name)!.generated === null);
  const computed = [...match.sourceByName].filter(([name]) => table.columns.get(name)!.generated !== null);
  const replaced = computed
    .map(([, source]) => source)
    .filter((source) => isStored(source) && !words.drops.has(source));
  const lost = [...match.lost.filter((name) => isStored(name) || candidates.length > 0), ...replaced];
  const sources = new Map(match.sourceByName);
  for (const [name, source] of computed) if (isStored(source)) sources.delete(name);
  return {
    change: {
      name: table.name,
      source: old.name,
      columnSources: new Map([...table.columns.keys()].map((name) => [name, sources.get(name) ?? null])),
      // What is computed from others goes before them.
      droppedColumns: [...old.columns.keys()]
        .filter((name) => ![...sources.values()].includes(name))
        .sort((a, b) => Number(isStored(a)) - Number(isStored(b))),
    },
    lost: lost.map((column) => ({
      table: old.name,
      column,
      isComputed: replaced.includes(column),
      candidates,
    })),
  };
}

interface NameMatch {
  /** Old name by new name. */
  readonly sourceByName: ReadonlyMap<string, string>;
  /** Old names that the author gives up. */
  readonly dropped: readonly string[];
  /** Old names that no new one has, and of which nothing was said. */
  readonly lost: readonly string[];
  /** New names without an old one. */
  readonly unmatched: readonly string[];
}

function matchAll(
  before: ReadonlySet<string>,
  after: ReadonlySet<string>,
  { renames, drops }: SortedWords,
  what: string,
): NameMatch {
  const sourceByName = new Map<string, string>();
  for (const [from, to] of renames) {
    const other = sourceByName.get(to);
    if (other !== undefined)
      throw new Error(`Expected one new name each, but got ${what} "${other}" and "${from}" renamed to "${to}".`);
    sourceByName.set(to, from);
  }
  const isFree = (name: string): boolean => !renames.has(name) && !drops.has(name);
  for (const name of before)
    if (after.has(name) && isFree(name) && !sourceByName.has(name)) sourceByName.set(name, name);
  // SQLite's names are the same in any case: a new spelling is no new name.
  const used = new Set(sourceByName.values());
  for (const name of before) {
    if (used.has(name) || !isFree(name)) continue;
    const spelling = [...after].find((other) => other.toLowerCase() === name.toLowerCase() && !sourceByName.has(other));
    if (spelling !== undefined) sourceByName.set(spelling, name);
  }
  const sources = new Set(sourceByName.values());
  return {
    sourceByName,
    dropped: [...before].filter((name) => drops.has(name)),
    lost: [...before].filter((name) => !sources.has(name) && !drops.has(name)),
    unmatched: [...after].filter((name) => !sourceByName.has(name)),
  };
}

interface Place {
  /** As it is called before the migration. */
  readonly table: string;
  readonly column: string | null;
}

function sortWords(
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
