import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { BookmarkRestore } from '../../scripts/cli/bookmark/request-bookmark.ts';
import { type BookmarkOptions, restoreBookmark } from '../../scripts/cli/bookmark/restore-bookmark.ts';
import type { Terminal } from '../../scripts/cli/undo/undo-operation.ts';

const PREVIEW = {
  shard: 'shard-1',
  bookmark: '0000-0001',
  time: '2030-01-31T09:00:00.000Z',
  changeCount: 12,
  firstVersion: '5',
  lastVersion: '9',
  migrations: ['0001_more'],
  cacheSeconds: 180,
};
const RESTORED: BookmarkRestore = {
  id: '7',
  shard: 'shard-1',
  state: 'RESTORED',
  reason: null,
  time: PREVIEW.time,
  bookmark: '0000-0001',
  undoBookmark: '0000-0002',
  version: '9',
  safeAt: '2030-01-31T10:03:00.000Z',
  beganAt: '2030-01-31T10:00:00.000Z',
  endedAt: '2030-01-31T10:00:05.000Z',
};

interface Asked {
  readonly query: string;
  readonly variables: object;
}

let origin: string;
const asked: Asked[] = [];
let answers: Record<string, () => unknown> = {};
function answerTo(query: string): object {
  if (query.includes('bookmarkRestores')) return { bookmarkRestores: answers.bookmarkRestores!() };
  expect(query).toContain('payload: restoreBookmark(');
  return query.includes('preview: true')
    ? { payload: { preview: PREVIEW, confirmation: { token: 'c1.token' } } }
    : { payload: { restore: answers.restoreBookmark!() } };
}

/** `/operator`, as it answers one field at a time. */
const server = createServer(async (request, response) => {
  let text = '';
  for await (const chunk of request) text += chunk;
  const body = JSON.parse(text) as Asked;
  asked.push(body);
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ data: answerTo(body.query) }));
});

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());
const printed: string[] = [];
beforeEach(() => {
  printed.length = 0;
  asked.length = 0;
  answers = { bookmarkRestores: () => [RESTORED], restoreBookmark: () => RESTORED };
  vi.spyOn(console, 'log').mockImplementation((text: string) => void printed.push(text));
  vi.spyOn(console, 'error').mockImplementation(() => {});
});
afterEach(() => void vi.restoreAllMocks());

const nobody: Terminal = { isInteractive: false, confirm: async () => false };
const sayingThere = (isYes: boolean): Terminal => ({ isInteractive: true, confirm: async () => isYes });

const run = (options: Partial<BookmarkOptions>, terminal = nobody) =>
  restoreBookmark({ url: origin, list: false, preview: false, yes: false, json: false, ...options }, terminal);

const to = { shard: 'shard-1', to: '2030-01-31T09:00:00Z' };

describe('shardql bookmark', () => {
  it('shows what it would mean, and does nothing', async () => {
    expect(await run({ ...to, preview: true })).toBe(true);
    expect(printed.join('\n')).toMatchInlineSnapshot(`
      "shard shard-1 goes back to 2030-01-31T09:00:00.000Z (bookmark 0000-0001)
      written since, and lost: 12 changes of rows, versions 5 to 9
      migrations since, applied again afterwards: 0001_more
      maintenance afterwards: 180 s, until no cache has answers from before"
    `);
    expect(asked.map(({ variables }) => variables)).toEqual([{ shard: 'shard-1', time: to.to, undoBookmark: null }]);
    expect(asked[0]!.query).toContain('preview: true');
  });

  it('waits until it is done, and tells how long the maintenance lasts and how it is undone', async () => {
    const states = ['RESTORING', 'RESTORED'];
    answers.restoreBookmark = () => ({ ...RESTORED, state: 'FENCING', endedAt: null, undoBookmark: null });
    answers.bookmarkRestores = () => {
      const state = states.shift()!;
      return [{ ...RESTORED, state, endedAt: state === 'RESTORED' ? RESTORED.endedAt : null }];
    };
    expect(await run({ ...to, yes: true })).toBe(true);
    expect(printed.join('\n')).toBe(
      'shard-1 has gone back\n' +
        'keep up the maintenance until 2030-01-31T10:03:00.000Z: until then caches have answers from before\n' +
        `to undo this: npm run shardql -- bookmark --shard shard-1 --undo 0000-0002 --url ${origin}`,
    );
    expect(states).toEqual([]);
  });

  it('asks at a terminal, and takes no for an answer', async () => {
    expect(await run(to, sayingThere(false))).toBe(false);
    expect(printed.at(-1)).toBe('nothing was changed');
    expect(asked).toHaveLength(1);
    expect(asked[0]!.query).toContain('preview: true');
    expect(await run({ shard: 'shard-1', undo: '0000-0002' }, sayingThere(true))).toBe(true);
    expect(asked.at(-1)!.variables).toEqual({
      ...{ shard: 'shard-1', time: null, undoBookmark: '0000-0002' },
      confirmation: 'c1.token',
    });
  });

  it('fails, and says why, if the shard has not gone back', async () => {
    answers.restoreBookmark = () => ({ ...RESTORED, state: 'REFUSED', reason: 'no such bookmark' });
    expect(await run({ ...to, yes: true })).toBe(false);
    expect(printed).toEqual(['shard-1 serves, and has not gone back: no such bookmark']);
  });

  it('lists what there was, with the bookmarks of the undos', async () => {
    expect(await run({ list: true })).toBe(true);
    expect(printed[0]).toMatch(/^began .*\n2030-01-31T10:00:00.000Z +shard-1 +RESTORED .* 0000-0002 /);
    expect(await run({ list: true, json: true })).toBe(true);
    expect(JSON.parse(printed[1]!)).toEqual({ bookmarkRestores: [RESTORED] });
  });

  it.each([
    [{}, 'Expected --shard or --list, but got neither.'],
    [{ shard: 's', preview: true }, 'Expected --to or --undo, but got neither.'],
    [{ ...to, undo: 'b', preview: true }, 'Expected --to or --undo, but got both.'],
    [{ ...to, preview: true, yes: true }, 'Expected --preview or --yes, but got both.'],
    [to, 'Expected --yes where nobody can be asked, or --preview, but got neither.'],
  ])('refuses wrong usage: %j', async (options, message) => {
    await expect(run(options)).rejects.toThrow(message);
    expect(asked).toEqual([]);
  });
});
