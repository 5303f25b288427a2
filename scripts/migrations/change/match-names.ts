/** Which table and column of the old database is which of the new one: by name, else by what the author says. */
import type { DatabaseSchema, DatabaseTable } from '../schema/database-schema.ts';
import type { Change, Loss, TableChange, Words } from './change.ts';
import { NO_WORDS, type SortedWords, sortWords } from './sort-words.ts';

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
    const said = columnWords.get(source) ?? NO_WORDS;
    const { change, lost } = matchColumns(old, table, said);
    losses.push(...lost);
    return change;
  });
  if (losses.length > 0) return { losses };
  return { change: { tables: changes, droppedTables: tables.dropped }, losses: [] };
}

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
