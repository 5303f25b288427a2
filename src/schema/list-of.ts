import { type GraphQLInputType, GraphQLList, GraphQLNonNull } from 'graphql';

/** `[Type!]` */
export const listOf = (type: GraphQLInputType) => new GraphQLList(new GraphQLNonNull(type));
