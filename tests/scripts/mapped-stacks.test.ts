import { afterEach, expect, it, vi } from 'vitest';
import { withMappedStacks } from '../../scripts/graphiql/mapped-stacks.ts';

afterEach(() => void vi.unstubAllGlobals());

const STACK = ['at boom (file:///worker.js:1:20)', 'at Object.resolve (file:///worker.js:1:99)'];
const answer = {
  data: null,
  errors: [{ message: 'masked', extensions: { thrown: 'Error: x', stack: STACK } }, { message: 'other' }],
};

it('GraphiQL shows stacks in terms of the sources, and nothing else changes', async () => {
  const asked: string[] = [];
  vi.stubGlobal('fetch', async (path: string) => {
    asked.push(decodeURIComponent(path));
    return new Response('\n    at src/fields.ts:4:12');
  });
  expect(await withMappedStacks(answer)).toEqual({
    ...answer,
    errors: [
      { message: 'masked', extensions: { thrown: 'Error: x', stack: ['at src/fields.ts:4:12'] } },
      answer.errors[1],
    ],
  });
  expect(asked).toEqual([`/_shardql/graphiql/source-positions/${STACK.map((line) => `\n    ${line}`).join('')}`]);
});

it('GraphiQL shows stacks as they are, where nobody knows the sources, and asks nobody without a stack', async () => {
  const fetched = vi.fn(async () => new Response('Not found', { status: 404 }));
  vi.stubGlobal('fetch', fetched);
  expect(await withMappedStacks(answer)).toEqual(answer);
  expect(fetched).toHaveBeenCalledTimes(1);
  const whole = { data: {}, errors: [{ message: 'other', extensions: {} }] };
  expect(await withMappedStacks(whole)).toBe(whole);
  expect(fetched).toHaveBeenCalledTimes(1);
});
