/** Stacks of what users' own code threw, in terms of their sources: `npm start` knows where the lines of its bundle come from. */

const POSITIONS = '/_shardql/graphiql/source-positions/';

/** An address has room for so many characters of a stack. */
const MAX_CHARACTERS = 6_000;

interface Answer {
  readonly errors?: readonly { readonly extensions?: { readonly stack?: unknown } }[];
}

/** The answer, with `extensions.stack` of its errors in terms of the sources, where they are known. */
export async function withMappedStacks<Body extends Answer>(answer: Body): Promise<Body> {
  if (!answer.errors?.some(({ extensions }) => Array.isArray(extensions?.stack))) return answer;
  const errors = await Promise.all(
    answer.errors.map(async (error) => {
      const { stack } = error.extensions ?? {};
      return Array.isArray(stack)
        ? { ...error, extensions: { ...error.extensions, stack: await mapped(stack) } }
        : error;
    }),
  );
  return { ...answer, errors };
}

async function mapped(stack: readonly unknown[]): Promise<readonly unknown[]> {
  // As the lines of a stack: what translates them looks for their beginnings.
  const text = stack.map((line) => `\n    ${String(line)}`).join('');
  const response = await fetch(`${POSITIONS}${encodeURIComponent(text.slice(0, MAX_CHARACTERS))}`);
  if (!response.ok) return stack;
  const lines = (await response.text()).split('\n').map((line) => line.trim());
  return lines.filter((line) => line !== '');
}
