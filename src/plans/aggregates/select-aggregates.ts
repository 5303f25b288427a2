import { type FieldNode, type GraphQLObjectType, getNamedType } from 'graphql';
import type { ColumnModel, TableModel } from '../../model/types.ts';
import { collectFields, type Operation } from '../selection/selection.ts';
import { isMeasureName } from './aggregate-selection.ts';
import type { GroupPart } from './compare-values.ts';

/** Tells `need` all parts and columns that are selected below `nodes`, whose type is an aggregate or a group. */
export function selectAggregates(
  operation: Operation,
  table: TableModel,
  type: GraphQLObjectType,
  nodes: readonly FieldNode[],
  need: (part: GroupPart, column: ColumnModel, path: string) => void,
): void {
  for (const [, fields] of collectFields(operation, type, nodes)) {
    const part = fields[0]!.name.value;
    if (part !== 'keys' && !isMeasureName(part)) continue;
    const columns = getNamedType(type.getFields()[part]!.type) as GraphQLObjectType;
    for (const [, columnFields] of collectFields(operation, columns, fields)) {
      const column = table.columnByName.get(columnFields[0]!.name.value);
      if (column) need(part, column, part);
    }
  }
}
