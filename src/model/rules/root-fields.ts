import { whereTable } from '../model-draft.ts';
import type { Report } from '../model-error.ts';
import { isGraphQLName, upperFirst } from '../names.ts';
import type { TableDraft } from '../table-draft.ts';
import { Claims } from './claims.ts';
import type { ModelRule } from './rule.ts';

const RESERVED_ROOT_FIELDS = ['node', 'nodes', 'transaction'];
const WRITE_VERBS = ['create', 'update', 'upsert', 'delete'];

/** Fields of Query and Mutation, made from the single and the list name of each table, are valid and unique. */
export const rootFieldsRule: ModelRule = ({ tables }, report) => {
  const queries = new Claims();
  const mutations = new Claims();
  for (const name of RESERVED_ROOT_FIELDS) queries.claim(name, 'every schema');
  mutations.claim('transaction', 'every schema');
  for (const table of tables) {
    if (table.single === table.list) {
      report({
        where: whereTable(table),
        message: `Expected different names for one row and for the list, but got "${table.list}" for both.`,
        remedy: `Name the list: list: 'all${upperFirst(table.list)}'.`,
      });
      continue;
    }
    const single = checkQueryField(table, 'single', queries, report);
    const list = checkQueryField(table, 'list', queries, report);
    if (!single || !list) continue;
    const taken = mutationFields(table)
      .map((field) => ({ field, holder: mutations.claim(field, whereTable(table)) }))
      .find(({ holder }) => holder !== null);
    // The other verbs clash for the same reason: one message says it.
    if (taken === undefined) continue;
    report({
      where: whereTable(table),
      message: `Expected the mutation field "${taken.field}" once, but ${taken.holder} has it too.`,
      remedy: "Name the list differently: list: '…'.",
    });
  }
};

const mutationFields = ({ typeName, list }: TableDraft): string[] =>
  WRITE_VERBS.flatMap((verb) => [typeName, upperFirst(list)].map((name) => `${verb}${name}`));

/** @returns whether the name can be used. */
function checkQueryField(table: TableDraft, option: 'single' | 'list', queries: Claims, report: Report): boolean {
  const name = table[option];
  const where = whereTable(table);
  const remedy = `Name it: ${option}: '…'.`;
  if (!isGraphQLName(name)) {
    report({ where, message: `Expected a ${option} field that is a GraphQL name, but got "${name}".`, remedy });
    return false;
  }
  const holder = queries.claim(name, where);
  if (holder === null) return true;
  report({
    where,
    message: `Expected a ${option} field that is free, but got "${name}", which ${holder} has.`,
    remedy,
  });
  return false;
}
