/** Files of the pages as answers, wherever they are read from. Runs in workerd and in Node. */

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  txt: 'text/plain; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  ttf: 'font/ttf',
  woff2: 'font/woff2',
};

/** Such as `/_shardql/console/console.js`; no path leads out of its folder. */
const PATH = /^\/_shardql\/(?<page>[a-z]+)\/(?<name>[\w-][\w.-]*)$/;

export interface PageFiles {
  /** Tabs of a first visit: JSON text of GraphiQL's `defaultTabs`. */
  readonly examples: string;
  /** Null if there is no such file of this page. */
  read(page: string, name: string): Promise<ConstructorParameters<typeof Response>[0] | null>;
}

export async function answerFile(url: string, { examples, read }: PageFiles): Promise<Response> {
  const { page, name } = PATH.exec(new URL(url).pathname)?.groups ?? {};
  if (page === undefined || name === undefined) return notFound();
  if (page === 'graphiql' && name === 'examples.json') return Response.json(JSON.parse(examples));
  const contentType = CONTENT_TYPES[name.slice(name.lastIndexOf('.') + 1)];
  const body = contentType === undefined ? null : await read(page, name);
  if (contentType === undefined || !body) return notFound();
  return new Response(body, { headers: { 'content-type': contentType, 'cache-control': 'no-cache' } });
}

const notFound = (): Response => new Response('Not found\n', { status: 404 });
