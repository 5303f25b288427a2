import { whereColumn, whereTable } from '../model-draft.ts';
import type { ModelRule } from './rule.ts';

/** Every table has a shard key that says where a row lives: a NOT NULL column with values of exact, canonical text. */
export const shardKeyRule: ModelRule = ({ tables }, report) => {
  for (const table of tables) {
    const column = table.columnByName.get(table.shardKey);
    if (column === undefined) {
      report({
        where: whereTable(table),
        message: `Expected a column as shard key, but got "${table.shardKey}".`,
        remedy: "Name the column that decides where a row lives: shardKey: 'tenantId'.",
      });
      continue;
    }
    const where = whereColumn(table, column.name);
    if (!column.notNull) {
      report({
        where,
        message: 'Expected a shard key that is NOT NULL, but got a nullable column.',
        remedy: 'Add .notNull().',
      });
    }
    if (!['text', 'int', 'int64', 'blob'].includes(column.wire) || column.scalar === 'JSON') {
      report({
        where,
        message: `Expected a shard key of text, integer or blob, but got ${column.scalar}.`,
        remedy: 'Use another column: fractions and documents have several forms of one value.',
      });
    }
    if (column.generated) {
      report({
        where,
        message: 'Expected a shard key that is written, but got a generated column.',
        remedy: 'Make it an ordinary column: the router must know it before the row exists.',
      });
    }
  }
};
