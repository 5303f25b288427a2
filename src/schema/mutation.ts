import type { Model, TableModel } from '../model/types.ts';
import type { DataInput } from '../resolvers/mutations/column-values.ts';
import { createRow } from '../resolvers/mutations/create-row.ts';
import { type DeleteArguments, deleteRow } from '../resolvers/mutations/delete-row.ts';
import { type UpdateArguments, updateRow } from '../resolvers/mutations/update-row.ts';
import type { Builder } from './builder.ts';
import { type RootParts, SHARD_KEY_DESCRIPTION } from './query.ts';
import type { addCreateInput, addUpdateInput } from './table-inputs.ts';

export interface MutationParts extends RootParts {
  readonly createInput: ReturnType<typeof addCreateInput>;
  readonly updateInput: ReturnType<typeof addUpdateInput>;
}

const EXPECTED_VERSION_DESCRIPTION = 'Write only if the row still has this version; else the error is `CONFLICT`.';

/** Root fields of mutations: each writes one row in one transaction. */
export function addMutation(builder: Builder, model: Model, partsOf: (table: TableModel) => MutationParts): void {
  builder.mutationType({});
  for (const table of model.tables) {
    const { refs, key, createInput, updateInput } = partsOf(table);
    builder.mutationField(`create${table.typeName}`, (t) =>
      t.field({
        type: refs.row,
        nullable: true,
        args: { data: t.arg({ type: createInput, required: true }) },
        resolve: (_root, { data }, context, info) => createRow(table, { data: data as DataInput }, context, info),
      }),
    );
    if (updateInput) {
      builder.mutationField(`update${table.typeName}`, (t) =>
        t.field({
          type: refs.row,
          nullable: true,
          args: {
            by: t.arg({ type: key, required: true }),
            data: t.arg({ type: updateInput }),
            expectedVersion: t.arg({ type: 'Version', description: EXPECTED_VERSION_DESCRIPTION }),
            shardKey: t.arg.id({ description: SHARD_KEY_DESCRIPTION }),
          },
          resolve: (_root, args, context, info) => updateRow(table, args as UpdateArguments, context, info),
        }),
      );
    }
    builder.mutationField(`delete${table.typeName}`, (t) =>
      t.field({
        type: refs.row,
        nullable: true,
        description: 'Gives the row as it was before.',
        args: {
          by: t.arg({ type: key, required: true }),
          expectedVersion: t.arg({ type: 'Version', description: EXPECTED_VERSION_DESCRIPTION }),
          shardKey: t.arg.id({ description: SHARD_KEY_DESCRIPTION }),
        },
        resolve: (_root, args, context, info) => deleteRow(table, args as DeleteArguments, context, info),
      }),
    );
  }
}
