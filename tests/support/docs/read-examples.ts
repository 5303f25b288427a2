/**
 * The examples of a page: its blocks of GraphQL, with what the words after "graphql" say of them.
 *
 *     ```graphql model=openflights error=BAD_USER_INPUT header=x-shardql-trace:1
 *
 * `model`: the running API that answers it, the demo if left out; `operator`: the demo's `/operator`. `error`: the code that each error has; without it, there
 * must be none. `header`: one more header of the request. The block may be followed by a block `json variables` with its
 * variables and by a block `json answer` with what must be its data.
 */
export interface Example {
  /** Page and line, as in `queries.md:12`. */
  readonly at: string;
  readonly query: string;
  readonly model: string;
  readonly error: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly answer: unknown;
}

const BLOCK = /^```(.*)\n([\s\S]*?)^```$/gm;
const SETTINGS = new Set(['model', 'error', 'header']);

/** Throws for a setting that it does not know, and for variables or an answer that follow no query. */
export function readExamples(page: string, text: string): Example[] {
  const examples: Example[] = [];
  for (const { 1: info, 2: content, index } of text.matchAll(BLOCK)) {
    const at = `${page}:${text.slice(0, index).split('\n').length}`;
    const [language, ...words] = info!.split(' ');
    if (language === 'graphql') examples.push({ ...readInfo(at, words), query: content! });
    if (language === 'json' && words.length > 0) {
      const last = examples.pop();
      if (!last || !['variables', 'answer'].includes(words[0]!)) {
        throw new Error(`${at}: Expected "json variables" or "json answer" after a query, but got "${info}".`);
      }
      examples.push({ ...last, [words[0]!]: JSON.parse(content!) });
    }
  }
  return examples;
}

function readInfo(at: string, words: readonly string[]): Omit<Example, 'query'> {
  const pairs = words.map((word) => [word.split('=', 1)[0]!, word.slice(word.indexOf('=') + 1)] as const);
  const unknown = pairs.find(([name]) => !SETTINGS.has(name));
  if (unknown) throw new Error(`${at}: Expected model=, error= or header=, but got "${unknown[0]}".`);
  const { model = 'demo', error, header } = Object.fromEntries(pairs);
  const headers = header ? { [header.split(':')[0]!]: header.split(':')[1]! } : {};
  return { at, model, error, headers, variables: {}, answer: undefined };
}
