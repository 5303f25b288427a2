import { whereColumn, whereTable } from '../model-draft.ts';
import { anyCode, code, textCode } from '../snippets.ts';
import type { ColumnModel } from '../types.ts';
import type { ModelRule } from './rule.ts';

/** Every table has a shard key that says where a row lives: a NOT NULL column with values of exact, canonical text. */
export const shardKeyRule: ModelRule = ({ tables }, report) => {
  for (const table of tables) {
    const column = table.columnByName.get(table.shardKey);
    if (column === undefined) {
      const fitting = table.columns.filter((one) => kindFlawOf(one) === null && !one.generated && one.notNull);
      const inKey = fitting.filter(({ name }) => table.primaryKey.includes(name));
      const names = (inKey.length > 0 ? inKey : fitting).map(({ name }) => `shardKey: ${textCode(name)}`);
      report({
        where: whereTable(table),
        message: `Expected a column as shard key, but got ${JSON.stringify(table.shardKey)}.`,
        remedy: `Name the column that decides where a row lives, by its property in TypeScript${names.length > 0 ? `: ${anyCode(names)}` : ''}.`,
      });
      continue;
    }
    const where = whereColumn(table, column.name);
    if (!column.notNull) {
      report({
        where,
        message: 'Expected a shard key that is NOT NULL, but got a nullable column.',
        remedy: `Add ${code('.notNull()')} to it.`,
      });
    }
    const flaw = kindFlawOf(column);
    if (flaw !== null) {
      report({
        where,
        message: `Expected a shard key of text, integer or blob, but got ${flaw.got}.`,
        remedy: `Use a column of another type, such as ${code(`text(${textCode(column.sqlName)})`)}: ${flaw.because}.`,
      });
    }
    if (column.hasSqlDefault && column.constantDefault === undefined && !column.generated) {
      report({
        where,
        message:
          'Expected a shard key that is known before a shard is chosen, but got a default that SQLite works out.',
        remedy: `Take the default out, or let the router give it, such as ${code('.$defaultFn(ulid)')}.`,
      });
    }
    if (column.generated) {
      report({
        where,
        message: 'Expected a shard key that is written, but got a generated column.',
        remedy:
          'Make it an ordinary column, without .generatedAlwaysAs(…): the router must know it before the row exists.',
      });
    }
  }
};

/** What a column's kind of value is, and why it places no rows; null if it can. */
function kindFlawOf({ scalar, wire }: ColumnModel): { readonly got: string; readonly because: string } | null {
  if (scalar === 'JSON') return { got: 'JSON', because: 'a document has several forms of one value' };
  if (scalar === 'Boolean') return { got: 'Boolean', because: 'two values would be two shards at most' };
  if (wire === 'bigintBlob') return { got: 'BigInt in a blob', because: 'int64() stores the same values as integers' };
  if (['text', 'int', 'int64', 'blob'].includes(wire)) return null;
  return { got: scalar, because: 'a fraction has several forms of one value' };
}
