import { whereColumn } from '../model-draft.ts';
import { screamingSnake } from '../names.ts';
import { Claims } from './claims.ts';
import type { ModelRule } from './rule.ts';

/** Columns become values of an enum in SCREAMING_SNAKE, by which rows are grouped: each its own. */
export const columnNamesRule: ModelRule = ({ tables }, report) => {
  for (const table of tables) {
    const claims = new Claims<string>();
    for (const { name } of table.columns) {
      const value = screamingSnake(name);
      const holder = claims.claim(value, name);
      if (holder === null) continue;
      report({
        where: whereColumn(table, name),
        message: `Expected columns with different names in SCREAMING_SNAKE, by which groupBy names them, but got "${holder}" and "${name}", both ${value}.`,
        remedy: "Rename one of the columns' properties in TypeScript; the SQL names can stay.",
      });
    }
  }
};
