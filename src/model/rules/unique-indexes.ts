import { whereTable } from '../model-draft.ts';
import type { ModelRule } from './rule.ts';

/** Unique indexes include the shard key: a shard can vouch for nothing beyond its own rows. */
export const uniqueIndexesRule: ModelRule = ({ tables }, report) => {
  for (const table of tables) {
    for (const { name, unique, columns } of table.indexes) {
      if (!unique || columns.includes(table.shardKey)) continue;
      const listed = columns.map((column) => (column === null ? 'an expression' : column));
      const suggested = [table.shardKey, ...columns].map((column) => (column === null ? '…' : `t.${column}`));
      report({
        where: `${whereTable(table)}, unique index "${name}", column ${listed.map((column) => `"${column}"`).join(', ')}`,
        message: `Expected a unique index that includes the shard key "${table.shardKey}", but got ${listed.join(', ')}.`,
        remedy: `Replace it by unique().on(${suggested.join(', ')}).`,
      });
    }
  }
};
