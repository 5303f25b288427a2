import { whereColumn } from '../model-draft.ts';
import { code } from '../snippets.ts';
import type { ModelRule } from './rule.ts';

/** Every column has a type whose values ShardQL can carry exactly. */
export const columnTypesRule: ModelRule = ({ tables }, report) => {
  for (const table of tables) {
    for (const { name, sqlName, sqlType } of table.unknownColumns) {
      report({
        where: whereColumn(table, name),
        message: `Expected a column type of Drizzle's SQLite core, int64() or dateTime(), but got a custom type "${sqlType}".`,
        remedy: `Use the Drizzle type that stores the same SQLite values, such as ${code(`${builderOf(sqlType)}('${sqlName}')`)}.`,
      });
    }
  }
};

/** By the words that decide a column's affinity in SQLite. */
function builderOf(sqlType: string): string {
  const type = sqlType.toLowerCase();
  if (type.includes('int')) return 'integer';
  if (/char|clob|text/.test(type)) return 'text';
  if (type.includes('blob')) return 'blob';
  return /real|floa|doub/.test(type) ? 'real' : 'text';
}
