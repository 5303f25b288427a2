/** From the model option `access` to the rules of each role. */
import { inputToWire } from '../codec.ts';
import { fieldNameOf } from '../field-names.ts';
import type { ModelDraft } from '../model-draft.ts';
import type {
  CreateRules,
  PresetValue,
  RoleRules,
  RowRule,
  RuleWhere,
  TableRules,
  UpdateRules,
} from '../table-rules.ts';
import type { ColumnModel, Model, TableModel } from '../types.ts';
import { isWritable } from '../writable-columns.ts';
import { Claim } from './claim.ts';
import type { DeclaredTableAccess } from './options.ts';
import { mapRule } from './rule-where.ts';

/** Everything, but by the rules of a role. */
const FULL: DeclaredTableAccess = { read: true, create: true, update: true, delete: true };

export function buildRoles(draft: ModelDraft, model: Model): Model['roles'] {
  const roles = new Map<string, Map<string, TableRules>>();
  for (const { typeName, access } of draft.tables) {
    for (const [role, declared] of Object.entries(access)) {
      const rules = buildRules(model, model.table(typeName), declared === true ? FULL : declared || {});
      let ofRole = roles.get(role);
      if (!ofRole) {
        ofRole = new Map();
        roles.set(role, ofRole);
      }
      if (rules !== null) ofRole.set(typeName, rules);
    }
  }
  return roles satisfies ReadonlyMap<string, RoleRules>;
}

/** Null: the role may do nothing with the table. */
function buildRules(model: Model, table: TableModel, declared: DeclaredTableAccess): TableRules | null {
  const { read = false } = declared;
  if (read === false) return null;
  const own = ruleOf(model, table, read);
  const columns = readableColumns(table, declared);
  return {
    read: own,
    columns,
    aggregates: declared.aggregates ?? true,
    maxPageRows: declared.maxPageRows ?? null,
    asOf: declared.asOf ?? false,
    create: writeRules(model, table, columns, own, declared.create),
    update: updateRules(model, table, columns, own, declared.update),
    delete:
      declared.delete === undefined || declared.delete === false
        ? null
        : { where: ruleOf(model, table, declared.delete) },
  };
}

function readableColumns(table: TableModel, { columns, hidden = [] }: DeclaredTableAccess): ReadonlySet<string> {
  const shown = new Set(columns === undefined ? table.columnByName.keys() : fieldNames(table, columns));
  for (const name of fieldNames(table, hidden)) shown.delete(name);
  for (const name of table.primaryKey.names) shown.add(name);
  return new Set(table.columns.map(({ name }) => name).filter((name) => shown.has(name)));
}

function writeRules(
  model: Model,
  table: TableModel,
  readable: ReadonlySet<string>,
  read: RowRule,
  declared: DeclaredTableAccess['create'],
): CreateRules | null {
  if (declared === undefined || declared === false) return null;
  const {
    columns,
    set = {},
    check,
  }: Exclude<DeclaredTableAccess['create'], boolean | undefined> = declared === true ? {} : declared;
  const presets = new Map(
    Object.entries(set).map(([property, value]) => {
      const column = columnOf(table, property);
      return [column.name, presetOf(column, value)] as const;
    }),
  );
  const given = columns === undefined ? [...readable] : fieldNames(table, columns);
  const writable = given.filter((name) => isWritable(table, table.columnByName.get(name)!) && !presets.has(name));
  return {
    columns: new Set(writable),
    set: presets,
    check: check === undefined ? read : ruleOf(model, table, check),
  };
}

function updateRules(
  model: Model,
  table: TableModel,
  readable: ReadonlySet<string>,
  read: RowRule,
  declared: DeclaredTableAccess['update'],
): UpdateRules | null {
  const rules = writeRules(model, table, readable, read, declared);
  if (rules === null) return null;
  const { where, transitions }: Exclude<DeclaredTableAccess['update'], boolean | undefined> =
    typeof declared === 'object' ? declared : {};
  return {
    ...rules,
    where: where === undefined ? null : ruleOf(model, table, where),
    transitions:
      transitions?.map(({ from, to }) => ({ from: whereOf(model, table, from), to: whereOf(model, table, to) })) ??
      null,
  };
}

const ruleOf = (model: Model, table: TableModel, rule: true | object): RowRule =>
  rule === true ? null : whereOf(model, table, rule);

/** Columns are declared by their properties. */
const whereOf = (model: Model, table: TableModel, where: object): RuleWhere =>
  model.globalIdField === 'nodeId'
    ? (where as RuleWhere)
    : mapRule(model, table, where as RuleWhere, (property) => fieldNameOf(model.globalIdField, property));

const fieldNames = ({ globalIdField }: TableModel, properties: readonly string[]): string[] =>
  properties.map((property) => fieldNameOf(globalIdField, property));

const columnOf = ({ columnByName, globalIdField }: TableModel, property: string): ColumnModel =>
  columnByName.get(fieldNameOf(globalIdField, property))!;

const presetOf = (column: ColumnModel, value: unknown): PresetValue =>
  value instanceof Claim ? value : inputToWire(column, value);
