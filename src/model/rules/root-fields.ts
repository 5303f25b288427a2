import { whereTable } from '../model-draft.ts';
import type { ReportProblem } from '../model-error.ts';
import { MUTATION_KINDS, mutationName } from '../mutation-names.ts';
import { isGraphQLName, lowerFirst, upperFirst } from '../names.ts';
import { code, textCode } from '../snippets.ts';
import type { TableDraft } from '../table-draft.ts';
import { Claims } from './claims.ts';
import type { ModelRule } from './rule.ts';

const RESERVED_ROOT_FIELDS = ['node', 'nodes', 'transaction'];
type Holder = TableDraft | 'every schema';

const textOf = (holder: Holder): string => (holder === 'every schema' ? holder : whereTable(holder));

/** Fields of Query and Mutation, made from the single and the list name of each table, are valid and unique. */
export const rootFieldsRule: ModelRule = ({ tables }, report) => {
  const queries = new Claims<Holder>();
  const mutations = new Claims<Holder>();
  for (const name of RESERVED_ROOT_FIELDS) queries.claim(name, 'every schema');
  const taken = new Set([
    ...RESERVED_ROOT_FIELDS,
    ...tables.flatMap(({ single, list, typeName }) => [single, list, lowerFirst(typeName)]),
  ]);
  mutations.claim('transaction', 'every schema');
  for (const table of tables) {
    if (table.single === table.list) {
      report({
        where: whereTable(table),
        message: `Expected different names for one row and for the list, but got "${table.list}" for both.`,
        remedy: `Name the list: ${freeName(table, 'list', taken)}.`,
      });
      continue;
    }
    const single = checkQueryField(table, 'single', queries, taken, report);
    const list = checkQueryField(table, 'list', queries, taken, report);
    if (!single || !list) continue;
    const clash = claimMutationFields(table, mutations);
    // The other verbs clash for the same reason: one message says it.
    if (clash === null) continue;
    const isOwn = clash.holder === table;
    // A type has a field for one row, which the list of another has for several: that one has to give way.
    const named = clash.field.endsWith(table.typeName) && clash.holder !== 'every schema' ? clash.holder : table;
    report({
      where: whereTable(table),
      message: `Expected the mutation field "${clash.field}" once, but got it ${isOwn ? 'for one row and for several' : `of ${textOf(clash.holder)} too`}.`,
      remedy: `Name the list of ${named.typeName} differently: ${freeName(named, 'list', taken)}.`,
    });
  }
};

/** @returns the first field that another table has; null if none has. */
function claimMutationFields(
  table: TableDraft,
  mutations: Claims<Holder>,
): { readonly field: string; readonly holder: Holder } | null {
  let taken = null;
  for (const kind of MUTATION_KINDS) {
    const field = mutationName(kind, table);
    const holder = mutations.claim(field, table);
    if (holder !== null) taken ??= { field, holder };
  }
  return taken;
}

/** @returns whether the name can be used. */
function checkQueryField(
  table: TableDraft,
  option: 'single' | 'list',
  queries: Claims<Holder>,
  taken: ReadonlySet<string>,
  report: ReportProblem,
): boolean {
  const name = table[option];
  const remedy = `Name it: ${freeName(table, option, taken)}.`;
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

/** Another name for a table's field that nothing has yet. */
function freeName({ typeName, list }: TableDraft, option: 'single' | 'list', taken: ReadonlySet<string>): string {
  const word = option === 'list' ? 'all' : 'one';
  const bases = [option === 'list' ? list : typeName, typeName, 'Rows'].map((base) =>
    upperFirst(base.replace(/\W/g, '')),
  );
  const names = [...bases.map((base) => `${word}${base}`), ...bases.map((base) => `${word}${base}2`)];
  const isFree = (name: string) =>
    isGraphQLName(name) && !taken.has(name) && !names.slice(0, names.indexOf(name)).includes(name);
  return code(`${option}: ${textCode(names.find(isFree) ?? names.at(-1)!)}`);
}
