import { getTableName } from 'drizzle-orm';
import { pairsShardKeys, targetOf, uniqueColumnSets, whereTable } from '../model-draft.ts';
import type { Report } from '../model-error.ts';
import type { ForeignKeyDraft, TableDraft } from '../table-draft.ts';
import type { ModelRule } from './rule.ts';

/** Foreign keys stay within a shard: they pair the shard keys of both tables and name a key of the target. */
export const foreignKeysRule: ModelRule = (subject, report) => {
  for (const table of subject.tables) {
    for (const foreignKey of table.foreignKeys) {
      const target = targetOf(subject, foreignKey);
      if (target === undefined) {
        report({
          where: whereForeignKey(table, foreignKey),
          message: `Expected a reference to a table of the model, but got "${getTableName(foreignKey.targetTable)}".`,
          remedy: 'Add that table to defineModel, or remove the foreign key.',
        });
        continue;
      }
      if (pairsShardKeys(table, target, foreignKey.columns, foreignKey.targetColumns)) {
        checkTargetKey(table, target, foreignKey, report);
      } else reportShardKeys(table, target, foreignKey, report);
      checkStorage(table, target, foreignKey, report);
      checkActions(table, foreignKey, report);
    }
  }
};

const whereForeignKey = (table: TableDraft, { name, columns }: ForeignKeyDraft): string =>
  `${whereTable(table)}, foreign key "${name}", column ${columns.map((column) => `"${column}"`).join(', ')}`;

function reportShardKeys(table: TableDraft, target: TableDraft, foreignKey: ForeignKeyDraft, report: Report): void {
  report({
    where: whereForeignKey(table, foreignKey),
    message: `Expected a foreign key that pairs the shard keys ${table.typeName}.${table.shardKey} and ${target.typeName}.${target.shardKey}, but got ${foreignKey.columns.join(', ')}.`,
    remedy: `Add that pair, with foreignKey({ columns: [t.${table.shardKey}, …], foreignColumns: […] }); or, if the rows live in different shards, remove the foreign key and declare a relation with { from, to }.`,
  });
}

function checkTargetKey(table: TableDraft, target: TableDraft, foreignKey: ForeignKeyDraft, report: Report): void {
  const { targetColumns } = foreignKey;
  const isKey = uniqueColumnSets(target).some(
    (key) => key.length === targetColumns.length && key.every((column) => targetColumns.includes(column)),
  );
  if (isKey) return;
  report({
    where: whereForeignKey(table, foreignKey),
    message: `Expected a reference to the primary key or a unique index of ${target.typeName}, but got ${targetColumns.join(', ')}.`,
    remedy: `Reference all columns of its key (${target.primaryKey.join(', ')}), or add a unique index.`,
  });
}

function checkStorage(table: TableDraft, target: TableDraft, foreignKey: ForeignKeyDraft, report: Report): void {
  const { columns, targetColumns } = foreignKey;
  for (const [index, name] of columns.entries()) {
    const column = table.columnByName.get(name);
    const targetColumn = target.columnByName.get(targetColumns[index]!);
    if (column === undefined || targetColumn === undefined || column.wire === targetColumn.wire) continue;
    report({
      where: whereForeignKey(table, foreignKey),
      message: `Expected columns of one type, but got "${name}" (${column.wire}) and ${target.typeName}.${targetColumn.name} (${targetColumn.wire}).`,
      remedy: 'Give both columns the same Drizzle type.',
    });
  }
}

/** These actions change all columns of the foreign key, and so the shard key, which never changes. */
function checkActions(table: TableDraft, foreignKey: ForeignKeyDraft, report: Report): void {
  const { onDelete, onUpdate } = foreignKey;
  for (const action of new Set([onDelete, onUpdate])) {
    if (action !== 'set null' && action !== 'set default') continue;
    report({
      where: whereForeignKey(table, foreignKey),
      message: `Expected an action that leaves the shard key "${table.shardKey}" as it is, but got "${action}", which sets all columns of the foreign key.`,
      remedy: "Use 'cascade', 'restrict' or 'no action'.",
    });
  }
}
