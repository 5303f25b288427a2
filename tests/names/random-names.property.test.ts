/** Whatever tables and columns are called in SQL, they are refused at the start by name, or have the whole surface. */
import { primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { defineModel } from '../../src/model/define-model.ts';
import { ModelError } from '../../src/model/model-error.ts';
import { NamedApi } from '../support/names/named-api.ts';
import { WORDS } from '../support/names/sql-words.ts';
import { describeRuns, propertyRuns } from '../support/property-runs.ts';

const runs = propertyRuns(4);
/** As many as the widest table has columns. */
const LEAST_NAMES = 17;

const piece = fc.oneof(
  fc.constantFrom(...WORDS),
  fc.string({ unit: 'grapheme', maxLength: 6 }),
  fc.string({ unit: 'binary', maxLength: 4 }),
  fc.constantFrom(
    '"',
    "'",
    '`',
    ',',
    ';',
    '.',
    '--',
    '/*',
    '\\',
    '\0',
    '_',
    '%',
    ' ',
    'sqlite_',
    'new',
    'old',
    '__proto__',
  ),
);
/** One piece, or several in a row. */
const name = fc.oneof(
  piece,
  fc.array(piece, { minLength: 2, maxLength: 3 }).map((pieces) => pieces.join('')),
);
const names = fc.uniqueArray(name, { minLength: 26, maxLength: 32, selector: (one) => one.toLowerCase() });

/** Null: a table and a column can be called so. Else what is told. */
function refusalOf(sqlName: string): ModelError | null {
  try {
    const table = sqliteTable(sqlName, { owner: text('its owner').notNull(), itsKey: text(sqlName).notNull() }, (t) => [
      primaryKey({ columns: [t.owner, t.itsKey] }),
    ]);
    defineModel({ Note: { table, shardKey: 'owner', list: 'notes' } });
    return null;
  } catch (error) {
    if (error instanceof ModelError) return error;
    throw error;
  }
}

test(`Tables and columns of random names are refused by name, or served (${describeRuns(runs)})`, async () => {
  await fc.assert(
    fc.asyncProperty(names, async (all) => {
      const accepted = all.filter((one) => {
        const refusal = refusalOf(one);
        if (refusal === null) return true;
        for (const { message } of refusal.problems) expect(message).toContain(JSON.stringify(one));
        return false;
      });
      fc.pre(accepted.length >= LEAST_NAMES);
      const api = new NamedApi(accepted, runs.seed, 1);
      await api.load();
      await api.checkColumns();
      await api.checkRandomLists(20);
      await api.checkSearch();
      await api.checkExchange();
      await api.checkWrites();
      await api.checkCascades();
    }),
    { ...runs, endOnFailure: true },
  );
});
