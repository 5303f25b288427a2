/** What a plan reads for a field of a row that shows no other rows, and in which form its answer has it. */
import type { TableModel } from '../model/types.ts';
import { isPrintable } from '../model/wire-kinds.ts';
import { VERSION_COLUMN } from '../shards/plan/node.ts';
import type { FieldRole } from './field-role.ts';
import type { ShownField } from './node-plan.ts';
import type { SelectedField } from './selection/selected-field.ts';

/** The columns that a field of a row needs. */
export function columnsOf({ primaryKey }: TableModel, role: FieldRole | undefined): readonly string[] {
  switch (role?.kind) {
    case 'column':
      return [role.column.name];
    case 'version':
      return [VERSION_COLUMN];
    case 'nodeId':
      return primaryKey.names;
    case 'computed':
      return role.needs.map((column) => column.name);
    default:
      return [];
  }
}

/** What stands in the response. The output is text where SQLite can write it as the API shows it. */
export function shownField(
  { primaryKey, typeName }: TableModel,
  role: FieldRole | undefined,
  { key, name, hasArguments }: SelectedField,
): ShownField {
  switch (role?.kind) {
    case 'column': {
      // What is at a path in a JSON value is found by code.
      if (hasArguments) return { key, kind: 'resolver' };
      const { column } = role;
      return { key, kind: 'column', column, output: isPrintable(column) ? 'text' : 'cells' };
    }
    case 'nodeId':
      return { key, kind: 'nodeId', output: primaryKey.columns.every(isPrintable) ? 'text' : 'cells' };
    case 'version':
      return { key, kind: 'version' };
    default:
      return plainField(typeName, { key, name });
  }
}

/** What stands in the place of a field of a type of which planning knows no more: `__typename`, or what users' code shows. */
export const plainField = (type: string, { key, name }: Pick<SelectedField, 'key' | 'name'>) =>
  name === TYPE_NAME ? ({ key, kind: 'typename', type } as const) : ({ key, kind: 'resolver' } as const);

/** The field that every type has. */
export const TYPE_NAME = '__typename';
