export const GRAPHQL_PATH = '/graphql';

/** GraphQL for operators. */
export const OPERATOR_PATH = '/operator';

/** Tools for agents. */
export const MCP_PATH = '/mcp';

/** The console: what operators see in a browser. */
export const CONSOLE_PATH = '/console';

/** Folder of the files of all pages; they refer to them by absolute path. A Worker has one folder of static files, so users' own are beside it. */
export const PAGES_PATH = '/_shardql/';

/** For pages and `npm start`: the model's roles, each with the names of the claims that its rules use. */
export const ROLES_PATH = `${PAGES_PATH}roles.json`;
