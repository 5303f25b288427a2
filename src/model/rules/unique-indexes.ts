import { is, SQL } from 'drizzle-orm';
import { whereTable } from '../model-draft.ts';
import { code, columnsCode, textCode } from '../snippets.ts';
import { sqlText } from '../sql-text.ts';
import { tableConfigOf } from '../table-config.ts';
import type { TableDraft } from '../table-draft.ts';
import type { ModelRule } from './rule.ts';

/** Unique indexes include the shard key: a shard can vouch for nothing beyond its own rows. */
export const uniqueIndexesRule: ModelRule = ({ tables }, report) => {
  for (const table of tables) {
    for (const { name, unique, columns } of table.indexes) {
      if (!unique || columns.includes(table.shardKey)) continue;
      const listed = columns.map((column) => (column === null ? 'an expression' : column));
      report({
        where: `${whereTable(table)}, unique index "${name}", column ${listed.map((column) => `"${column}"`).join(', ')}`,
        message: `Expected a unique index that includes the shard key "${table.shardKey}", but got ${listed.join(', ')}.`,
        remedy: remedyOf(table, name, columns),
      });
    }
  }
};

function remedyOf(table: TableDraft, name: string, columns: readonly (string | null)[]): string {
  const config = tableConfigOf(table.table);
  const declared = config.indexes.find((index) => index.config.name === name)?.config;
  if (declared === undefined) {
    const isInline = config.columns.some(({ uniqueName, isUnique }) => isUnique && uniqueName === name);
    const on = columnsCode([table.shardKey, ...columns.filter((column) => column !== null)]).slice(1, -1);
    return `Replace it by ${code(`unique().on(${on})`)}${isInline ? ', and take .unique() off the column' : ''}.`;
  }
  const terms = declared.columns.map((term, at) =>
    is(term, SQL) ? `sql\`${ownNames(table, sqlText(term).sql)}\`` : columnsCode([columns[at]!]).slice(1, -1),
  );
  const where = declared.where ? `.where(sql\`${ownNames(table, sqlText(declared.where).sql)}\`)` : '';
  const on = [columnsCode([table.shardKey]).slice(1, -1), ...terms].join(', ');
  return `Replace it by ${code(`uniqueIndex(${textCode(name)}).on(${on})${where}`)}.`;
}

/** An index knows one table: columns stand for themselves. */
const ownNames = ({ sqlName }: TableDraft, sql: string): string => sql.replaceAll(`"${sqlName}".`, '');
