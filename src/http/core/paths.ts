export const GRAPHQL_PATH = '/graphql';

/** Folder of GraphiQL's assets; its page refers to them by absolute path. */
export const GRAPHIQL_PATH = '/graphiql/';
