export const GRAPHQL_PATH = '/graphql';

/** GraphQL for operators. */
export const OPERATOR_PATH = '/operator';

/** Folder of GraphiQL's assets; its page refers to them by absolute path. */
export const GRAPHIQL_PATH = '/graphiql/';

/** For GraphiQL and `npm start`: the model's roles, each with the names of the claims that its rules use. */
export const ROLES_PATH = `${GRAPHIQL_PATH}roles.json`;
