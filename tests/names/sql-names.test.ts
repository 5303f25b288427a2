/**
 * A model whose tables and columns are called by the words of SQL, SQLite's and our own, has the whole surface: it is written,
 * read, searched, imported and exported as any other.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { NamedApi } from '../support/names/named-api.ts';
import { SQLITE_KEYWORDS, WORDS } from '../support/names/sql-words.ts';
import { watchStatements } from '../support/names/watch-statements.ts';
import { describeRuns, propertyRuns } from '../support/property-runs.ts';

const runs = propertyRuns(40);
const { numRuns, seed } = runs;

/** Words of one kind follow each other in the list: so each family of tables has some of each. */
const spread = <T>(items: readonly T[], stride: number): T[] =>
  Array.from({ length: stride }, (_, at) => items.filter((_, index) => index % stride === at)).flat();

/** Tables cannot be called so; columns can. */
const REFUSED_WORDS = ['new', 'old', 'json_each'];
/** They stand where no name of a model can: after PRAGMA, as options of FTS5, and for SQLite's own list of names. */
const WORDS_APART = ['foreign_keys', 'content_rowid', 'sqlite_master'];

describe(`A model of ${WORDS.length} tables called by the words of SQL`, () => {
  const statements = watchStatements();
  const api = new NamedApi(spread(WORDS, 11), seed);
  beforeAll(() => api.load());

  it(`filters, orders, aggregates and groups by each column (SEED=${seed})`, () => api.checkColumns());

  it(
    `answers random lists as a plain evaluation does (${describeRuns(runs)})`,
    { timeout: 60_000 + 400 * numRuns },
    () => api.checkRandomLists(numRuns),
  );

  it('finds words in each searched table, and follows relations from there', () => api.checkSearch());

  it('exports what was imported; imported again it changes nothing, or what was changed in it', () =>
    api.checkExchange());

  it('creates, reads, updates and deletes a row of each table', () => api.checkWrites());

  it('deletes rows with all that belongs to them', () => api.checkCascades());

  it('has a table for each keyword, and a name for each word that the generated SQL speaks without quotes', () => {
    const tables = new Set(api.model.tables.map(({ sqlName }) => sqlName));
    expect(SQLITE_KEYWORDS.filter((word) => !tables.has(word))).toEqual([]);
    const known = new Set([...WORDS, ...REFUSED_WORDS, ...WORDS_APART].map((word) => word.toLowerCase()));
    expect([...statements.words()].filter((word) => !known.has(word) && !word.startsWith('_'))).toEqual([]);
  });
});
