import { whereTable } from '../model-draft.ts';
import type { ModelRule } from './rule.ts';

/** Durable Objects allow 100 columns per table and per result: one is the row version, one is for what reads need beside a row. */
const MAX_USER_COLUMNS = 98;

export const columnCountRule: ModelRule = ({ tables }, report) => {
  for (const table of tables) {
    const count = table.columns.length + table.unknownColumns.length;
    if (count <= MAX_USER_COLUMNS) continue;
    report({
      where: whereTable(table),
      message: `Expected at most ${MAX_USER_COLUMNS} columns, but got ${count}.`,
      remedy: 'Move columns to a second table with the same key, or into a JSON column.',
    });
  }
};
