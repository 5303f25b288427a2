/** What a browser may load and run in the pages: nothing of anywhere else, and nobody frames them, since they hold credentials. */

/** No style and no script but its own files, and no text of rows ever becomes markup. */
export const CONSOLE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/** Its editor writes styles into the page, and runs in workers. */
export const GRAPHIQL_POLICY =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; " +
  "worker-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
