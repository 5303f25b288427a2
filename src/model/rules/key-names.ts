import { byColumnsOf, byNameOf, PRIMARY_KEY, uniqueKeyName, uniqueKeysOf } from '../key-names.ts';
import { whereTable } from '../model-draft.ts';
import { Claims } from './claims.ts';
import type { ModelRule } from './rule.ts';

/** Keys of a table become fields of its `by` argument, and values of the enum `XUniqueKey`: each its own. */
export const keyNamesRule: ModelRule = ({ tables }, report) => {
  for (const table of tables) {
    const fields = new Claims<readonly string[]>();
    const values = new Claims<readonly string[]>();
    const complain = (place: string, name: string, holder: readonly string[], columns: readonly string[]): void =>
      report({
        where: whereTable(table),
        message: `Expected keys with different names in ${place}, but got "${name}" for (${holder.join(', ')}) and for (${columns.join(', ')}).`,
        remedy: "Rename a column's property in TypeScript; its SQL name can stay.",
      });
    for (const { name, columns } of [{ name: PRIMARY_KEY, columns: table.primaryKey }, ...uniqueKeysOf(table)]) {
      const byColumns = byColumnsOf(columns, table.shardKey);
      const byName = byNameOf(byColumns);
      if (byName === '') continue;
      const holder = fields.claim(byName, byColumns);
      if (holder !== null) {
        complain('the argument "by"', byName, holder, byColumns);
        continue;
      }
      const value = uniqueKeyName({ name, byName });
      const other = values.claim(value, byColumns);
      if (other !== null) complain(`the enum ${table.typeName}UniqueKey`, value, other, byColumns);
    }
  }
};
