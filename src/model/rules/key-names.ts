import { byColumnsOf, byNameOf, uniqueKeysOf } from '../key-names.ts';
import { whereTable } from '../model-draft.ts';
import { Claims } from './claims.ts';
import type { ModelRule } from './rule.ts';

/** Keys of a table become fields of its `by` argument: each its own. */
export const keyNamesRule: ModelRule = ({ tables }, report) => {
  for (const table of tables) {
    const claims = new Claims<readonly string[]>();
    for (const { columns } of [{ columns: table.primaryKey }, ...uniqueKeysOf(table)]) {
      const byColumns = byColumnsOf(columns, table.shardKey);
      const name = byNameOf(byColumns);
      const holder = name === '' ? null : claims.claim(name, byColumns);
      if (holder === null) continue;
      report({
        where: whereTable(table),
        message: `Expected keys with different names in the argument "by", but got "${name}" for (${holder.join(', ')}) and for (${byColumns.join(', ')}).`,
        remedy: "Rename a column's property in TypeScript; its SQL name can stay.",
      });
    }
  }
};
