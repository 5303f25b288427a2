/**
 * The pages of people: GraphiQL and the console. Their files stand under `/_shardql/` of whatever serves static files to this Worker, so that
 * nothing of them is in its bundle; only here do they become pages, with a policy for the browser.
 */
import { CONSOLE_PATH, GRAPHQL_PATH, PAGES_PATH, ROLES_PATH } from '../core/paths.ts';
import type { Env } from '../env.ts';
import { CONSOLE_POLICY, GRAPHIQL_POLICY } from './page-policies.ts';

type PageName = 'console' | 'graphiql';

interface AskedPage {
  readonly request: Request;
  readonly method: string;
  readonly url: URL;
  readonly path: string;
  readonly env: Env;
}

export const acceptsHtml = (request: Request): boolean => request.headers.get('accept')?.includes('text/html') ?? false;

export const hasPages = ({ ASSETS, SHARDQL_PAGES }: Env): boolean => Boolean(ASSETS ?? SHARDQL_PAGES);

/**
 * A page, or a file of one; null at once where a request asks for neither, and later where there is none: nothing is bound that has files,
 * or `shardql build` has not put these there.
 */
export function servePages(asked: AskedPage): Promise<Response | null> | null {
  const { method, env, path: pathname } = asked;
  if (!hasPages(env) || (method !== 'GET' && method !== 'HEAD')) return null;
  // Whoever may ask as another is a question to the API.
  if (pathname.startsWith(PAGES_PATH)) return pathname === ROLES_PATH ? null : serveFile(pathname, env);
  const name = pageAt(pathname);
  if (name === null || (name === 'graphiql' && !asksForPage(asked))) return null;
  return servePage(name, env);
}

/** The console has one page: what of it is shown stands behind `#`, which no server sees. */
function pageAt(path: string): PageName | null {
  if (path === CONSOLE_PATH || path === `${CONSOLE_PATH}/`) return 'console';
  return path === GRAPHQL_PATH ? 'graphiql' : null;
}

/** A browser that opens the endpoint, as opposed to a client that sends a GET query. */
const asksForPage = ({ request, url }: AskedPage): boolean => !url.searchParams.has('query') && acceptsHtml(request);

async function servePage(name: PageName, env: Env): Promise<Response | null> {
  // A name that is no page to servers of static files: theirs would have no policy, so they are to serve it as text.
  const file = await fetchFile(`${PAGES_PATH}${name}/page.txt`, env);
  if (file === null) return null;
  const headers = { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policyOf(name) };
  return new Response(file.body, { headers });
}

async function serveFile(path: string, env: Env): Promise<Response | null> {
  const file = await fetchFile(path, env);
  if (file === null) return null;
  // A fetched response has immutable headers.
  const response = new Response(file.body, file);
  // A script that runs in a worker of the page has the policy that it comes with.
  response.headers.set('content-security-policy', policyOf(path.startsWith(GRAPHIQL_FILES) ? 'graphiql' : 'console'));
  if (!response.headers.has('cache-control')) response.headers.set('cache-control', 'no-cache');
  return response;
}

const GRAPHIQL_FILES = `${PAGES_PATH}graphiql/`;

const policyOf = (name: PageName): string => (name === 'graphiql' ? GRAPHIQL_POLICY : CONSOLE_POLICY);

/** Nothing of the request is passed on. */
async function fetchFile(path: string, { ASSETS, SHARDQL_PAGES }: Env): Promise<Response | null> {
  const server = SHARDQL_PAGES ?? ASSETS;
  if (server === undefined) return null;
  // The origin does not matter to a binding.
  const file = await (typeof server === 'string'
    ? fetch(new URL(path, server))
    : server.fetch(`http://assets.invalid${path}`));
  if (file.ok && !isFallback(file, path)) return file;
  await file.body?.cancel();
  return null;
}

/** Folders of single-page applications answer every path that they do not have with their own page. */
const isFallback = (file: Response, path: string): boolean =>
  (file.headers.get('content-type')?.startsWith('text/html') ?? false) && !path.endsWith('.html');
