import type { Model, TableModel } from '../model/types.ts';
import { type RootListArguments, resolveList } from '../resolvers/resolve-list.ts';
import { resolveNode, resolveNodes } from '../resolvers/resolve-nodes.ts';
import { type OneArguments, resolveOne } from '../resolvers/resolve-one.ts';
import type { Builder } from './builder.ts';
import { type ListInputs, listArguments } from './list-arguments.ts';
import type { SharedTypes } from './shared-types.ts';
import type { addKey } from './table-inputs.ts';
import type { TableRefs } from './table-refs.ts';

export interface RootParts {
  readonly refs: TableRefs;
  readonly key: ReturnType<typeof addKey>;
  readonly listInputs: ListInputs;
}

export const SHARD_KEY_DESCRIPTION =
  'The shard key of the rows. Without it, and where nothing else tells it, all shards are asked.';

/** Root fields of queries: `node`, `nodes`, and a single field and a list for each table. */
export function addQuery(
  builder: Builder,
  model: Model,
  { node }: SharedTypes,
  partsOf: (table: TableModel) => RootParts,
): void {
  builder.queryType({
    fields: (t) => ({
      node: t.field({
        type: node,
        nullable: true,
        description: 'The row with this global id.',
        args: { nodeId: t.arg.id({ required: true }) },
        resolve: (_root, { nodeId }, context, info) => resolveNode(nodeId, context, info),
      }),
      nodes: t.field({
        type: [node],
        nullable: { list: false, items: true },
        description: 'The rows with these global ids, in their order.',
        args: { nodeIds: t.arg.idList({ required: true }) },
        resolve: (_root, { nodeIds }, context, info) => resolveNodes(nodeIds, context, info) as Promise<never>,
      }),
    }),
  });
  for (const table of model.tables) {
    const { refs, key, listInputs } = partsOf(table);
    builder.queryField(table.single, (t) =>
      t.field({
        type: refs.row,
        nullable: true,
        args: { by: t.arg({ type: key, required: true }), shardKey: t.arg.id({ description: SHARD_KEY_DESCRIPTION }) },
        resolve: (_root, args, context, info) => resolveOne(table, args as OneArguments, context, info),
      }),
    );
    builder.queryField(table.list, (t) =>
      t.field({
        type: refs.connection,
        nullable: true,
        args: { ...listArguments(builder, listInputs), shardKey: t.arg.id({ description: SHARD_KEY_DESCRIPTION }) },
        resolve: (_root, args, context, info) => resolveList(table, args as RootListArguments, context, info),
      }),
    );
  }
}
