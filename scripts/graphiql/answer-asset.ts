/** GraphiQL's page and assets as answers, wherever they are read from. Runs in workerd and in Node. */
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

export interface Assets {
  /** Tabs of a first visit: JSON text of GraphiQL's `defaultTabs`. */
  readonly examples: string;
  /** Null if there is no such file. */
  read(name: string): Promise<ConstructorParameters<typeof Response>[0] | null>;
}

export async function answerAsset(url: string, { examples, read }: Assets): Promise<Response> {
  const name = new URL(url).pathname.slice(PREFIX.length) || 'index.html';
  if (name === 'examples.json') return Response.json(JSON.parse(examples));
  const contentType = CONTENT_TYPES[name.slice(name.lastIndexOf('.') + 1)];
  const body = contentType === undefined ? null : await read(name);
  if (contentType === undefined || !body) return new Response('Not found\n', { status: 404 });
  return new Response(body, {
    headers: {
      'content-type': contentType,
      'cache-control': 'no-cache',
      'content-security-policy': PAGE_POLICY,
      'x-content-type-options': 'nosniff',
    },
  });
}
