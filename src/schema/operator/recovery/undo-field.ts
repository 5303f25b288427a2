import type { GraphQLResolveInfo } from 'graphql';
import { confirmed } from '../../../resolvers/operator/confirmation/confirmed.ts';
import { undoAction } from '../../../resolvers/operator/recovery/undo.ts';
import { MAX_UNDO_PAGE } from '../../../shards/undo.ts';
import { confirmationArguments } from '../confirmation/confirmation-type.ts';
import type { OperatorField } from '../operator-builder.ts';
import { declareUndoPayload } from './undo-payload-type.ts';

/** `Mutation.undo`. */
export const undoField: OperatorField = (builder) => {
  const payload = declareUndoPayload(builder);
  builder.mutationField('undo', (t) =>
    t.field({
      type: payload,
      // As in the API of clients: what fails takes nothing from what other fields have done.
      nullable: true,
      description:
        'Undoes one operation: rows that are as it left them go back to what they were, in one logged commit per shard. ' +
        'Rows that were changed since are conflicts, and stay, with all that cannot go back without them.',
      args: {
        operationId: t.arg.id({ required: true, description: 'As in `extensions.operations` of a mutation.' }),
        ...confirmationArguments(t.arg),
        first: t.arg.int({
          required: true,
          defaultValue: MAX_UNDO_PAGE,
          description: `Greatest number of rows shown of each list, at most ${MAX_UNDO_PAGE}.`,
        }),
        after: t.arg.string({ description: 'The `endCursor` of a list, of a preview alone: show both from there on.' }),
      },
      async resolve(_, args, context, { path }: GraphQLResolveInfo) {
        const operationId = String(args.operationId);
        const action = undoAction({ ...args, operationId }, context, [String(path.key)]);
        const { preview, done, confirmation } = await confirmed(action, args, context);
        return { ...(preview ?? done), confirmation };
      },
    }),
  );
};
