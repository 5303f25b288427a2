import { DirectiveLocation, GraphQLDirective, GraphQLEnumType, GraphQLInt, GraphQLNonNull } from 'graphql';
import { CONSISTENCY_MODES, type ConsistencyMode } from '../../model/types.ts';

const DESCRIPTIONS: Readonly<Record<ConsistencyMode, string>> = {
  STRONG: 'The latest committed state of each shard.',
  BOUNDED:
    'What was the current state of its shard at some moment after the start of the request, less `maxStalenessMs`.',
  SESSION: 'All that the session has written and been shown: that of the token in the header `x-shardql-token`.',
  CACHED: 'What the cache has, up to the age that the table allows.',
};

export const consistencyModeType = new GraphQLEnumType({
  name: 'ConsistencyMode',
  description: 'How fresh the answer of a read must be.',
  values: Object.fromEntries(CONSISTENCY_MODES.map((mode) => [mode, { value: mode, description: DESCRIPTIONS[mode] }])),
});

/** `@consistency`: the innermost one wins; without any, the tables' own modes hold. */
export const consistencyDirective = new GraphQLDirective({
  name: 'consistency',
  description:
    'How fresh what is selected here must be. The innermost one wins. Fields that are read together are read as fresh as the strictest of them asks.',
  locations: [
    DirectiveLocation.QUERY,
    DirectiveLocation.FIELD,
    DirectiveLocation.FRAGMENT_SPREAD,
    DirectiveLocation.INLINE_FRAGMENT,
  ],
  args: {
    mode: { description: 'How fresh the answer has to be.', type: new GraphQLNonNull(consistencyModeType) },
    maxStalenessMs: {
      type: GraphQLInt,
      description: 'For `BOUNDED` alone, from 1 to 3,600,000. Default: what the table says.',
    },
  },
});
