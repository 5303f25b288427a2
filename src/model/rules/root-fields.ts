import { whereTable } from '../model-draft.ts';
import type { Report } from '../model-error.ts';
import { isGraphQLName, upperFirst } from '../names.ts';
import type { TableDraft } from '../table-draft.ts';
import { Claims } from './claims.ts';
import type { ModelRule } from './rule.ts';

const RESERVED_ROOT_FIELDS = ['node', 'nodes', 'transaction'];
type Holder = TableDraft | 'every schema';

const textOf = (holder: Holder): string => (holder === 'every schema' ? holder : whereTable(holder));

const WRITE_VERBS = ['create', 'update', 'upsert', 'delete'];

/** Fields of Query and Mutation, made from the single and the list name of each table, are valid and unique. */
export const rootFieldsRule: ModelRule = ({ tables }, report) => {
  const queries = new Claims<Holder>();
  const mutations = new Claims<Holder>();
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
    const taken = claimMutationFields(table, mutations);
    // The other verbs clash for the same reason: one message says it.
    if (taken === null) continue;
    report({
      where: whereTable(table),
      message: `Expected the mutation field "${taken.field}" once, but ${textOf(taken.holder)} has it too.`,
      remedy: "Name the list differently: list: '…'.",
    });
  }
};

/** @returns the first field that another table has; null if none has. */
function claimMutationFields(
  table: TableDraft,
  mutations: Claims<Holder>,
): { readonly field: string; readonly holder: Holder } | null {
  let taken = null;
  for (const verb of WRITE_VERBS) {
    for (const field of [`${verb}${table.typeName}`, `${verb}${upperFirst(table.list)}`]) {
      const holder = mutations.claim(field, table);
      if (holder !== null) taken ??= { field, holder };
    }
  }
  return taken;
}

/** @returns whether the name can be used. */
function checkQueryField(
  table: TableDraft,
  option: 'single' | 'list',
  queries: Claims<Holder>,
  report: Report,
): boolean {
  const name = table[option];
  const remedy = `Name it: ${option}: '…'.`;
  if (!isGraphQLName(name)) {
    const where = whereTable(table);
    report({ where, message: `Expected a ${option} field that is a GraphQL name, but got "${name}".`, remedy });
    return false;
  }
  const holder = queries.claim(name, table);
  if (holder === null) return true;
  report({
    where: whereTable(table),
    message: `Expected a ${option} field that is free, but got "${name}", which ${textOf(holder)} has.`,
    remedy,
  });
  return false;
}
