/** What a plan reads for a field of a row that shows no other rows, and in which form its answer has it. */
import type { TableModel } from '../model/types.ts';
import { isPrintable } from '../model/wire-kinds.ts';
import { VERSION_COLUMN } from '../shards/plan/node.ts';
import type { FieldRole } from './field-role.ts';
import type { OutputForm } from './node-plan.ts';
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

/** Text where SQLite can write it as the API shows it. */
export function outputOf({ primaryKey }: TableModel, role: FieldRole | undefined, field: SelectedField): OutputForm {
  switch (role?.kind) {
    case 'column':
      // What is at a path in a JSON value is found by code.
      return isPrintable(role.column) && !field.hasArguments ? 'text' : 'cells';
    case 'nodeId':
      return primaryKey.columns.every(isPrintable) ? 'text' : 'cells';
    case 'version':
    case undefined:
      return 'text';
    default:
      return 'cells';
  }
}
