import { getTableName } from 'drizzle-orm';
import { pairsShardKeys, targetOf, uniqueColumnSets, whereTable } from '../model-draft.ts';
import type { ReportProblem } from '../model-error.ts';
import { namesRowAcrossShards } from '../relation-link.ts';
import { anyCode, builderCode, code, columnsCode, namesCode, tableCode } from '../snippets.ts';
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

function reportShardKeys(
  table: TableDraft,
  target: TableDraft,
  foreignKey: ForeignKeyDraft,
  report: ReportProblem,
): void {
  report({
    where: whereForeignKey(table, foreignKey),
    message: `Expected a foreign key that pairs the shard keys ${table.typeName}.${table.shardKey} and ${target.typeName}.${target.shardKey}, but got ${foreignKey.columns.join(', ')}.`,
    remedy: `${withShardKeys(table, target, foreignKey)}If the rows live in different shards, remove the foreign key and declare a relation: ${code(relationCode(target, foreignKey))}.`,
  });
}

/** The same foreign key with the pair of shard keys, where that would name a key of the target. */
function withShardKeys(table: TableDraft, target: TableDraft, { columns, targetColumns }: ForeignKeyDraft): string {
  const [own, others] = [
    [table.shardKey, ...columns],
    [target.shardKey, ...targetColumns],
  ];
  if (!isKey(target, others) || columns.includes(table.shardKey)) return '';
  return `Replace it by ${code(foreignKeyCode(table, own, target, others))}. `;
}

const foreignKeyCode = (table: TableDraft, own: readonly string[], target: TableDraft, others: readonly string[]) =>
  `foreignKey({ columns: ${columnsCode(own)}, foreignColumns: ${columnsCode(others, table === target ? 't' : tableCode(target))} })`;

function relationCode(target: TableDraft, { columns, targetColumns }: ForeignKeyDraft): string {
  const kind = namesRowAcrossShards(target, targetColumns) ? 'one' : 'many';
  return `${kind}.${target.typeName}({ from: ${namesCode(columns)}, to: ${namesCode(targetColumns)} })`;
}

const isKey = (table: TableDraft, columns: readonly string[]): boolean =>
  uniqueColumnSets(table).some(
    (key) => key.length === columns.length && key.every((column) => columns.includes(column)),
  );

function checkTargetKey(
  table: TableDraft,
  target: TableDraft,
  foreignKey: ForeignKeyDraft,
  report: ReportProblem,
): void {
  const { targetColumns } = foreignKey;
  if (isKey(target, targetColumns)) return;
  report({
    where: whereForeignKey(table, foreignKey),
    message: `Expected a reference to the primary key or a unique index of ${target.typeName}, but got ${targetColumns.join(', ')}.`,
    remedy: `Reference all columns of a key (${uniqueColumnSets(target)
      .map((key) => key.join(', '))
      .join(
        ' or ',
      )}), or add ${code(`unique().on(${columnsCode(targetColumns).slice(1, -1)})`)} to ${target.typeName}.`,
  });
}

function checkStorage(table: TableDraft, target: TableDraft, foreignKey: ForeignKeyDraft, report: ReportProblem): void {
  const { columns, targetColumns } = foreignKey;
  for (const [index, name] of columns.entries()) {
    const column = table.columnByName.get(name);
    const targetColumn = target.columnByName.get(targetColumns[index]!);
    if (column === undefined || targetColumn === undefined || column.wire === targetColumn.wire) continue;
    report({
      where: whereForeignKey(table, foreignKey),
      message: `Expected columns of one type, but got "${name}" (${column.wire}) and ${target.typeName}.${targetColumn.name} (${targetColumn.wire}).`,
      remedy: `Give both columns one type: ${code(builderCode(targetColumn, column.sqlName))} for "${name}", for one.`,
    });
  }
}

/** These actions change all columns of the foreign key, and so the shard key, which never changes. */
function checkActions(table: TableDraft, foreignKey: ForeignKeyDraft, report: ReportProblem): void {
  const { onDelete, onUpdate } = foreignKey;
  for (const action of new Set([onDelete, onUpdate])) {
    if (action !== 'set null' && action !== 'set default') continue;
    report({
      where: whereForeignKey(table, foreignKey),
      message: `Expected an action that leaves the shard key "${table.shardKey}" as it is, but got "${action}", which sets all columns of the foreign key.`,
      remedy: `Use ${anyCode(["'cascade'", "'restrict'", "'no action'"])}.`,
    });
  }
}
