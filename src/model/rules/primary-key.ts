import { whereColumn, whereTable } from '../model-draft.ts';
import type { Report } from '../model-error.ts';
import type { TableDraft } from '../table-draft.ts';
import type { ModelRule } from './rule.ts';

/**
 * The primary key includes the shard key, so that rows of two tenants in one shard never collide and shards can be
 * merged. Its columns have one exact value each.
 */
export const primaryKeyRule: ModelRule = ({ tables }, report) => {
  for (const table of tables) {
    if (table.primaryKey.length === 0) {
      report({
        where: whereTable(table),
        message: 'Expected a primary key, but got none.',
        remedy: `Add primaryKey({ columns: [t.${table.shardKey}, t.id] }).`,
      });
    } else if (table.columnByName.has(table.shardKey) && !table.primaryKey.includes(table.shardKey)) {
      report({
        where: whereTable(table),
        message: `Expected a primary key that includes the shard key "${table.shardKey}", but got ${table.primaryKey.join(', ')}.`,
        remedy: `Replace it by primaryKey({ columns: [${[table.shardKey, ...table.primaryKey].map((column) => `t.${column}`).join(', ')}] }).`,
      });
    }
    // The shard key has a rule of its own.
    for (const name of table.primaryKey) if (name !== table.shardKey) checkColumn(table, name, report);
    for (const name of table.autoIncrementColumns) {
      report({
        where: whereColumn(table, name),
        message:
          'Expected a key that is unique over all shards, but got autoIncrement, which each shard counts for itself.',
        remedy: 'Use text().$defaultFn(ulid), or give the integers yourself.',
      });
    }
  }
};

function checkColumn(table: TableDraft, name: string, report: Report): void {
  const column = table.columnByName.get(name);
  if (column === undefined) return;
  const where = whereColumn(table, name);
  if (!column.notNull) {
    report({
      where,
      message: 'Expected a primary-key column that is NOT NULL, but got a nullable one.',
      remedy: 'Add .notNull(): SQLite lets several rows with NULL pass as different.',
    });
  }
  if (column.generated || column.scalar === 'JSON') {
    report({
      where,
      message: `Expected a primary-key column that is written and compared as one value, but got a ${column.generated ? 'generated' : 'JSON'} column.`,
      remedy: 'Use an ordinary text or integer column.',
    });
  }
}
