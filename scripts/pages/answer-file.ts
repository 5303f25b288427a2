/** Files of the pages as answers, wherever they are read from. Runs in workerd and in Node. */

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  txt: 'text/plain; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  ttf: 'font/ttf',
  woff2: 'font/woff2',
};

/** A stack of what a field has thrown stands behind it. */
const POSITIONS = '/_shardql/graphiql/source-positions/';

/** Such as `/_shardql/console/console.js`; no path leads out of its folder. */
const PATH = /^\/_shardql\/(?<page>[a-z]+)\/(?<name>[\w-][\w.-]*)$/;

export interface PageFiles {
  /** Tabs of a first visit: JSON text of GraphiQL's `defaultTabs`. */
  readonly examples: string;
  /** A stack in terms of the sources; null if they are not known. Absent: they are not. */
  translate?(stack: string): Promise<string | null>;
  /** Null if there is no such file of this page. */
  read(page: string, name: string): Promise<ConstructorParameters<typeof Response>[0] | null>;
}

export async function answerFile(url: string, { examples, read, translate }: PageFiles): Promise<Response> {
  const { pathname } = new URL(url);
  if (pathname.startsWith(POSITIONS)) return await answerStack(pathname.slice(POSITIONS.length), translate);
  const { page, name } = PATH.exec(pathname)?.groups ?? {};
  if (page === undefined || name === undefined) return notFound();
  if (page === 'graphiql' && name === 'examples.json') return Response.json(JSON.parse(examples));
  const contentType = CONTENT_TYPES[name.slice(name.lastIndexOf('.') + 1)];
  const body = contentType === undefined ? null : await read(page, name);
  if (contentType === undefined || !body) return notFound();
  return new Response(body, { headers: { 'content-type': contentType, 'cache-control': 'no-cache' } });
}

async function answerStack(encoded: string, translate: PageFiles['translate']): Promise<Response> {
  const stack = (await translate?.(decoded(encoded))) ?? null;
  if (stack === null) return notFound();
  return new Response(stack, { headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' } });
}

/** An address may be anything. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const notFound = (): Response => new Response('Not found\n', { status: 404 });
