/** The model as a role has it: what the role may not see is not there. */
import { violated } from '../../lib/invariant.ts';
import { memoizeByObject } from '../../lib/memoize-by-object.ts';
import type { RoleRules, TableRules } from '../table-rules.ts';
import type { ForeignKeyModel, Model, RelationModel, TableModel } from '../types.ts';

/**
 * The tables, columns, keys and relations that a role may see, each table with the role's rules: what schema, plans and writes
 * of its callers are made from, so that nothing else can be named. Shards and cache have the whole model.
 */
export function roleModel(model: Model, role: string): Model | null {
  const rules = model.roles.get(role);
  return rules === undefined ? null : modelsByRules(model).of(rules);
}

/** Made when they are first asked for, and kept with the model. */
const modelsByRules = memoizeByObject((whole: Model) => ({
  of: memoizeByObject((rules: RoleRules) => restrict(whole, rules)),
}));

function restrict(whole: Model, role: RoleRules): Model {
  const tables = whole.tables
    .filter(({ typeName }) => role.has(typeName))
    .map((table) => restrictTable(whole, role, table, role.get(table.typeName)!));
  const tableByType = new Map(tables.map((table) => [table.typeName, table]));
  return {
    tables,
    tableByType,
    table: (type) => tableByType.get(type) ?? violated(`Expected a table of the role's model, but got ${type}.`),
    globalIdField: whole.globalIdField,
    insertOrder: whole.insertOrder.filter((type) => role.has(type)),
    physicalTables: {},
    roles: whole.roles,
    whole,
  };
}

function restrictTable(whole: Model, role: RoleRules, table: TableModel, rules: TableRules): TableModel {
  const { columns } = rules;
  const known = new Set([...columns, ...(rules.create?.columns ?? []), ...(rules.update?.columns ?? [])]);
  const areReadable = (names: readonly string[]): boolean => names.every((name) => columns.has(name));
  // Whether a row is found would reveal what is hidden.
  const search = table.search.filter(({ name }) => columns.has(name));
  const relations = table.relations.filter((relation) => isVisible(role, rules, relation));
  return {
    ...table,
    columns: table.columns.filter(({ name }) => columns.has(name)),
    columnByName: new Map([...table.columnByName].filter(([name]) => known.has(name))),
    search,
    isSearchPartial: search.length < table.search.length,
    uniqueKeys: table.uniqueKeys.filter(({ names }) => areReadable(names)),
    foreignKeys: table.foreignKeys.filter((foreignKey) => leadsToVisible(whole, role, known, foreignKey)),
    relations,
    relationByName: new Map(relations.map((relation) => [relation.name, relation])),
    rules,
  };
}

/** A relation shows that the columns of both sides are equal, so all of them have to be readable. */
function isVisible(role: RoleRules, rules: TableRules, { targetType, from, to, through }: RelationModel): boolean {
  const target = role.get(targetType);
  if (target === undefined) return false;
  const hasAll = ({ columns }: TableRules, names: readonly string[]) => names.every((name) => columns.has(name));
  if (!hasAll(rules, from) || !hasAll(target, to)) return false;
  if (through === null) return true;
  const join = role.get(through.type);
  return join !== undefined && hasAll(join, through.from) && hasAll(join, through.to);
}

const leadsToVisible = (
  whole: Model,
  role: RoleRules,
  known: ReadonlySet<string>,
  { columns, targetType }: ForeignKeyModel,
): boolean => role.has(whole.table(targetType).typeName) && columns.every(({ name }) => known.has(name));

/** The model with all there is, of which this one may be a role's. */
export const wholeModel = (model: Model): Model => model.whole ?? model;

/**
 * Whether searches of a table rank what they find: ranks tell of all rows of a shard, and of the length of all their full-text columns,
 * so those whom the model is made for have to see all of them.
 */
export const allowsRank = ({ rules, isSearchPartial = false }: TableModel): boolean =>
  (rules?.read ?? null) === null && !isSearchPartial;

/** Whether the rows of a table may be counted, summed up and grouped, by those whom the model is made for. */
export const allowsAggregates = ({ rules }: TableModel): boolean => rules?.aggregates ?? true;
