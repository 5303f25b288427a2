import { whereColumn, whereTable } from '../model-draft.ts';
import type { ReportProblem } from '../model-error.ts';
import { code, primaryKeyCode, textCode } from '../snippets.ts';
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
        remedy: newKeyRemedy(table),
      });
    } else if (table.columnByName.has(table.shardKey) && !table.primaryKey.includes(table.shardKey)) {
      report({
        where: whereTable(table),
        message: `Expected a primary key that includes the shard key "${table.shardKey}", but got ${table.primaryKey.join(', ')}.`,
        remedy: `Replace it by ${code(primaryKeyCode([table.shardKey, ...table.primaryKey]))}${table.hasInlineKey ? `, take .primaryKey() off "${table.primaryKey[0]}" and give it .notNull()` : ''}.`,
      });
    }
    if (table.primaryKeyCount > 1 || new Set(table.primaryKey).size < table.primaryKey.length) {
      const columns = new Set([table.shardKey, ...table.primaryKey]);
      report({
        where: whereTable(table),
        message: `Expected one primary key, with each column once, but got ${table.primaryKeyCount > 1 ? `${table.primaryKeyCount} keys` : table.primaryKey.join(', ')}.`,
        remedy: `Keep one: ${code(primaryKeyCode([...columns]))}, and no .primaryKey() at a column.`,
      });
    }
    // The shard key has a rule of its own.
    for (const name of table.primaryKey) if (name !== table.shardKey) checkColumn(table, name, report);
    for (const name of table.autoIncrementColumns) {
      report({
        where: whereColumn(table, name),
        message:
          'Expected a key that is unique over all shards, but got autoIncrement, which each shard counts for itself.',
        remedy: `Take text keys that are unique everywhere, ${code(`text(${textCode(table.columnByName.get(name)!.sqlName)}).primaryKey().$defaultFn(ulid)`)}, or give the integers yourself, ${code(`integer(${textCode(table.columnByName.get(name)!.sqlName)}).primaryKey()`)}.`,
      });
    }
  }
};

/** By the column `id`, which is made if there is none. */
function newKeyRemedy(table: TableDraft): string {
  const { shardKey, columnByName } = table;
  if (!columnByName.has(shardKey)) return 'Add a primary key that includes the shard key.';
  if (shardKey === 'id') return `Add ${code(primaryKeyCode(['id']))}.`;
  const key = `Add ${code(primaryKeyCode([shardKey, 'id']))}`;
  return columnByName.has('id')
    ? `${key}.`
    : `${key}, and a column for it: ${code('id: text().notNull().$defaultFn(ulid)')}.`;
}

function checkColumn(table: TableDraft, name: string, report: ReportProblem): void {
  const column = table.columnByName.get(name);
  if (column === undefined) return;
  const where = whereColumn(table, name);
  if (!column.notNull) {
    report({
      where,
      message: 'Expected a primary-key column that is NOT NULL, but got a nullable one.',
      remedy: `Add ${code('.notNull()')}: SQLite lets several rows with NULL pass as different.`,
    });
  }
  if (column.generated || column.scalar === 'JSON') {
    report({
      where,
      message: `Expected a primary-key column that is written and compared as one value, but got a ${column.generated ? 'generated' : 'JSON'} column.`,
      remedy: `Use an ordinary text or integer column, such as ${code(`text(${textCode(column.sqlName)}).notNull()`)}.`,
    });
  }
}
