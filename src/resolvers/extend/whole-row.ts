import { type FieldNode, type GraphQLResolveInfo, Kind, type NameNode, type SelectionSetNode } from 'graphql';
import type { TableModel } from '../../model/types.ts';
import { askedConsistency, placeField } from '../../plans/selection/asked-consistency.ts';
import { placedNodes } from '../consistency/placed-nodes.ts';

const name = (value: string): NameNode => ({ kind: Kind.NAME, value });

const field = (value: string, selectionSet?: SelectionSetNode): FieldNode => ({
  kind: Kind.FIELD,
  name: name(value),
  selectionSet,
});

const select = (...selections: readonly FieldNode[]): SelectionSetNode => ({ kind: Kind.SELECTION_SET, selections });

const wholeRow = ({ columns }: TableModel): SelectionSetNode =>
  select(...columns.map((column) => field(column.name)), field('version'), field('nodeId'));

/**
 * What the resolvers of generated fields are told of their selection when users' code calls them: all columns of the
 * rows, nothing below them. So such reads take the same way as a client's, with the same plans, bounds and errors; they
 * count as reads of the user's field, and are as fresh as the client asks of that field, or around it, as far as their table
 * allows.
 */
export const wholeRowInfo = (info: GraphQLResolveInfo, table: TableModel, of: 'row' | 'list'): GraphQLResolveInfo => {
  const rows = wholeRow(table);
  const node = of === 'row' ? field(table.single, rows) : field(table.list, select(field('nodes', rows)));
  return {
    ...info,
    fragments: {},
    fieldNodes: placedNodes(info).map((asked) => placeField({ ...node }, askedConsistency(asked, info.variableValues))),
    // Below the user's field, in no place of the response.
    path: { prev: info.path, key: 0, typename: undefined },
  };
};
