import {
  DirectiveLocation,
  GraphQLDirective,
  GraphQLError,
  GraphQLNonNull,
  GraphQLString,
  type ValidationRule,
} from 'graphql';
import type { ErrorCode } from '../../shards/errors.ts';

/** `@idempotent`: the field has one effect, however often it is sent with the key. */
export const idempotentDirective = new GraphQLDirective({
  name: 'idempotent',
  description:
    'On fields of mutations: sent again with the same key, by the same caller, the field changes nothing and returns the first answer, for at least 24 hours.',
  locations: [DirectiveLocation.FIELD],
  args: {
    key: {
      type: new GraphQLNonNull(GraphQLString),
      description: 'From 1 to 255 printable ASCII characters: new for each change, the same when it is sent again.',
    },
  },
});

const CODE: ErrorCode = 'BAD_USER_INPUT';

/** Where the directive would have no effect it is refused, as its author relies on it. */
export const idempotentPlacementRule: ValidationRule = (context) => ({
  Directive(node) {
    if (node.name.value !== idempotentDirective.name) return;
    const parent = context.getParentType();
    if (!parent || parent === context.getSchema().getMutationType()) return;
    context.reportError(
      new GraphQLError(
        `Expected @${idempotentDirective.name} at a field of Mutation, but got it at a field of ${parent.name}. Move it to the field of the mutation.`,
        { nodes: node, extensions: { code: CODE } },
      ),
    );
  },
});
