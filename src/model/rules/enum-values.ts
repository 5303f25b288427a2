import { whereColumn } from '../model-draft.ts';
import { isGraphQLName } from '../names.ts';
import { code, textCode } from '../snippets.ts';
import { Claims } from './claims.ts';
import type { ModelRule } from './rule.ts';

/** Values of text enums become GraphQL enum values in SCREAMING_SNAKE: valid names, each once. */
export const enumValuesRule: ModelRule = ({ tables }, report) => {
  for (const table of tables) {
    for (const column of table.columns) {
      if (column.enum === null) continue;
      const claims = new Claims<string>();
      for (const [name, stored] of column.enum.values) {
        const where = whereColumn(table, column.name);
        const remedy = `Change the value, or declare the column without enum: ${code(`text(${textCode(column.sqlName)})`)}.`;
        if (!isGraphQLName(name)) {
          const message = `Expected enum values that are GraphQL names in SCREAMING_SNAKE, but got "${stored}".`;
          report({ where, message, remedy });
          continue;
        }
        const holder = claims.claim(name, stored);
        if (holder === null) continue;
        const message = `Expected enum values with different GraphQL names, but got "${holder}" and "${stored}", both ${name}.`;
        report({ where, message, remedy });
      }
    }
  }
};
