import { fieldNameOf } from '../field-names.ts';
import { whereColumn, whereTable } from '../model-draft.ts';
import type { ModelRule } from './rule.ts';

/** Imports take tables and columns by either name, GraphQL's or SQL's: no name means one thing here and another there. */
export const importNamesRule: ModelRule = ({ tables, globalIdField }, report) => {
  const tableBySqlName = new Map(tables.map((table) => [table.sqlName, table]));
  for (const table of tables) {
    const other = tableBySqlName.get(table.typeName);
    if (other !== undefined && other !== table) {
      report({
        where: whereTable(table),
        message: `Expected a type name that is no other table's name in SQL, as imports take both, but got "${table.typeName}", the table of ${other.typeName}.`,
        remedy: 'Rename the type: its name is the key in defineModel.',
      });
    }
    const columnBySqlName = new Map(table.columns.map((column) => [column.sqlName, column]));
    for (const { name: property } of table.columns) {
      const name = fieldNameOf(globalIdField, property);
      const holder = columnBySqlName.get(name);
      if (holder === undefined || holder.name === property) continue;
      report({
        where: whereColumn(table, property),
        message: `Expected a field name that is no other column's name in SQL, as imports take both, but got "${name}", the column of "${holder.name}".`,
        remedy: "Rename the column's property in TypeScript; its SQL name can stay.",
      });
    }
  }
};
