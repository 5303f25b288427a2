import { whereColumn, whereTable } from '../model-draft.ts';
import { isGraphQLName } from '../names.ts';
import { Claims } from './claims.ts';
import type { ModelRule } from './rule.ts';

/** Fields of every type, and operators of every filter. */
const RESERVED_FIELDS = ['version', 'nodeId', 'AND', 'OR', 'NOT'];

/** `constructor` and its like: graphql-js takes what an input object inherits under such a name for its value. */
const INHERITED_FIELDS = Object.getOwnPropertyNames(Object.prototype);

/** Columns and relations of a table become fields of one type: valid names, each once. */
export const fieldNamesRule: ModelRule = ({ tables, relationsByType }, report) => {
  for (const table of tables) {
    const claims = new Claims();
    for (const name of RESERVED_FIELDS) claims.claim(name, 'every type');
    for (const name of INHERITED_FIELDS) claims.claim(name, 'every JavaScript object');
    const relations = relationsByType.get(table.typeName) ?? [];
    const fields = [
      ...table.columns.map(({ name }) => ({ name, kind: 'column', where: whereColumn(table, name) })),
      ...relations.map(({ name }) => ({
        name,
        kind: 'relation',
        where: `${whereTable(table)}, relation "${name}"`,
      })),
    ];
    for (const { name, kind, where } of fields) {
      const remedy = `Rename the ${kind}'s property in TypeScript${kind === 'column' ? '; its SQL name can stay' : ''}.`;
      if (!isGraphQLName(name)) {
        report({ where, message: `Expected a field name that is a GraphQL name, but got "${name}".`, remedy });
        continue;
      }
      const holder = claims.claim(name, `${kind} "${name}"`);
      if (holder === null) continue;
      report({ where, message: `Expected a field name that is free, but got "${name}", which ${holder} has.`, remedy });
    }
    for (const { name, kind } of relations) {
      if (kind !== 'many') continue;
      const aggregate = `${name}Aggregate`;
      const holder = claims.claim(aggregate, `relation "${name}"`);
      if (holder === null) continue;
      report({
        where: `${whereTable(table)}, relation "${name}"`,
        message: `Expected "${aggregate}" to be free for filters on the relation "${name}", but ${holder} has it.`,
        remedy: 'Rename one of the two properties in TypeScript.',
      });
    }
  }
};
