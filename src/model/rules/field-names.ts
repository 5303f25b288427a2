import { fieldNameOf } from '../field-names.ts';
import { whereColumn, whereTable } from '../model-draft.ts';
import { isGraphQLName } from '../names.ts';
import type { TableDraft } from '../table-draft.ts';
import { Claims } from './claims.ts';
import type { ModelRule } from './rule.ts';

type FieldKind = 'column' | 'relation';

/** Who else has a name: fields of every type and operators of every filter, and what graphql-js would inherit. */
const HOLDER_BY_NAME: ReadonlyMap<string, string> = new Map([
  ...['version', 'AND', 'OR', 'NOT'].map((name) => [name, 'every type'] as const),
  // `constructor` and its like: graphql-js takes what an input object inherits under such a name for its value.
  ...Object.getOwnPropertyNames(Object.prototype).map((name) => [name, 'every JavaScript object'] as const),
]);

/** Columns and relations of a table become fields of one type: valid names, each once. */
export const fieldNamesRule: ModelRule = ({ tables, relationsByType, globalIdField }, report) => {
  for (const table of tables) {
    const claims = new Claims<FieldKind>();
    const holderOf = (name: string, kind: FieldKind): string | null => {
      const general = name === globalIdField ? 'every type' : HOLDER_BY_NAME.get(name);
      if (general !== undefined) return general;
      const holder = claims.claim(name, kind);
      return holder === null ? null : `${holder} "${name}"`;
    };
    const check = (property: string, kind: FieldKind): void => {
      const name = kind === 'column' ? fieldNameOf(globalIdField, property) : property;
      const isName = isGraphQLName(name);
      const holder = isName ? holderOf(name, kind) : null;
      if (isName && holder === null) return;
      report({
        where: kind === 'column' ? whereColumn(table, property) : whereRelation(table, name),
        message: isName
          ? `Expected a field name that is free, but got "${name}", which ${holder} has.`
          : `Expected a field name that is a GraphQL name, but got "${name}".`,
        remedy: `Rename the ${kind}'s property in TypeScript${kind === 'column' ? '; its SQL name can stay' : ''}.`,
      });
    };
    const relations = relationsByType.get(table.typeName) ?? [];
    for (const { name } of table.columns) check(name, 'column');
    for (const { name } of relations) check(name, 'relation');
    for (const { name, kind } of relations) {
      if (kind !== 'many') continue;
      const aggregate = `${name}Aggregate`;
      const holder = holderOf(aggregate, 'relation');
      if (holder === null) continue;
      report({
        where: whereRelation(table, name),
        message: `Expected "${aggregate}" to be free for filters on the relation "${name}", but got a model in which ${holder} has it.`,
        remedy: 'Rename one of the two properties in TypeScript.',
      });
    }
  }
};

const whereRelation = (table: TableDraft, name: string): string => `${whereTable(table)}, relation "${name}"`;
