/**
 * The local server's second Worker: GraphiQL's page and assets from a folder. It is bound to the API's Worker as a
 * service instead of standing in front of it, so requests to the API never pass it.
 */
interface Env {
  /** workerd's disk service over all builds: answers paths with files, without content types. */
  readonly CACHE: Fetcher;
  /** The build to serve. */
  readonly BUILD: string;
  /** Tabs of a first visit: JSON text of GraphiQL's `defaultTabs`. */
  readonly EXAMPLES: string;
}

const PREFIX = '/graphiql/';

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  ttf: 'font/ttf',
  woff2: 'font/woff2',
};

/** A page that holds a developer's headers must not be framed, nor load anything from elsewhere. */
const PAGE_POLICY =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; " +
  "worker-src 'self' blob:; frame-ancestors 'none'";

export default {
  async fetch(request, env) {
    const name = new URL(request.url).pathname.slice(PREFIX.length) || 'index.html';
    if (name === 'examples.json') return Response.json(JSON.parse(env.EXAMPLES));
    const contentType = CONTENT_TYPES[name.slice(name.lastIndexOf('.') + 1)];
    const file = contentType === undefined ? null : await env.CACHE.fetch(`http://cache/${env.BUILD}/${name}`);
    if (contentType === undefined || !file?.ok) return new Response('Not found\n', { status: 404 });
    return new Response(file.body, {
      headers: {
        'content-type': contentType,
        'cache-control': 'no-cache',
        'content-security-policy': PAGE_POLICY,
        'x-content-type-options': 'nosniff',
      },
    });
  },
} satisfies ExportedHandler<Env>;
