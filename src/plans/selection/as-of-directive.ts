import {
  DirectiveLocation,
  GraphQLDirective,
  GraphQLError,
  type GraphQLInputType,
  Kind,
  type OperationDefinitionNode,
  type ValidationRule,
} from 'graphql';
import type { ErrorCode } from '../../shards/errors.ts';
import { consistencyDirective } from './consistency-directive.ts';

const NAME = 'asOf';

/** `@asOf`: a query is answered as of an earlier moment. The scalars are the schema's own. */
export const createAsOfDirective = (scalars: {
  readonly DateTime: GraphQLInputType;
  readonly Version: GraphQLInputType;
}): GraphQLDirective =>
  new GraphQLDirective({
    name: NAME,
    description:
      'On a query: all of it is answered as of this moment, over all shards, by what their logs hold. Give `time` or `version`.',
    locations: [DirectiveLocation.QUERY],
    args: {
      time: {
        type: scalars.DateTime,
        description:
          'All commits up to it are in the answer. At least half a second ago, and since when changes are kept.',
      },
      version: {
        type: scalars.Version,
        description: 'Of a row: as of the commit that it was written in, and as of the same moment in other shards.',
      },
    },
  });

/** The directive at an operation; undefined: there is none. */
export const asOfNode = ({ directives = [] }: Pick<OperationDefinitionNode, 'directives'>) =>
  directives.find(({ name }) => name.value === NAME);

const CODE: ErrorCode = 'BAD_USER_INPUT';

/** The past is what it was: how fresh it must be cannot be asked. */
export const asOfConsistencyRule: ValidationRule = (context) => {
  const isPast = context
    .getDocument()
    .definitions.some((definition) => definition.kind === Kind.OPERATION_DEFINITION && asOfNode(definition));
  if (!isPast) return {};
  return {
    Directive(node) {
      if (node.name.value !== consistencyDirective.name) return;
      const message = `Expected a document with @${NAME} or with @${consistencyDirective.name}, but got both. Leave one out.`;
      context.reportError(new GraphQLError(message, { nodes: node, extensions: { code: CODE } }));
    },
  };
};
