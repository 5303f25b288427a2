import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { restoreRows, undoRestore } from '../../scripts/cli/restore/restore.ts';
import { type Server, startServer } from '../support/server.ts';
import { Workplace } from './run-cli.ts';

const workplace = new Workplace();
let server: Server;
beforeAll(async () => {
  server = await startServer();
});
afterAll(async () => {
  workplace.remove();
  await server.stop();
});

const mutate = async (query: string): Promise<void> => {
  expect((await server.graphql(`mutation { ${query} }`)).errors).toEqual([]);
};
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const customers = async (tenant: string): Promise<number> =>
  (await server.graphql(`{ customers(shardKey: "${tenant}") { totalCount } }`)).data.customers.totalCount;

/** A tenant whose customer was deleted after this time. */
async function deleteCustomer(tenant: string): Promise<string> {
  await mutate(`createTenant(data: { id: "${tenant}", name: "N", plan: FREE, settings: {} }) { id }`);
  await mutate(
    `createCustomer(data: { tenantId: "${tenant}", id: "c", name: "Ada", email: "ada@x.org", attributes: {} }) { id }`,
  );
  await pause(5);
  const time = new Date().toISOString();
  await pause(5);
  await mutate(`deleteCustomer(by: { id: "c" }, shardKey: "${tenant}") { id }`);
  await pause(600);
  return time;
}

const run = (...args: readonly string[]) => workplace.run(['restore', ...args, '--url', server.origin]);

/** What a preview is answered; null: it is none. */
async function previewAnswer(request: IncomingMessage): Promise<object | null> {
  const { query } = JSON.parse(await text(request));
  return query.includes('preview: true') ? { payload: { preview: {}, confirmation: { token: 'c1.token' } } } : null;
}

/** Of the mutation that begins one, and of those that ask how far it is. */
const restoreOf = (restore: object): object => ({ payload: { restore }, restore });

describe('shardql restore', () => {
  it('shows what it would do, does it with --yes, lists it, and undoes it', async () => {
    const time = await deleteCustomer('r1');
    const preview = await run('--shard-key', 'r1', '--to', time, '--preview');
    expect(preview).toMatchObject({ code: 0, stderr: '' });
    expect(preview.stdout).toMatch(/^preview: changes to take back: 1; rows restored: 1, updated: 0, deleted: 0\n/);
    expect(preview.stdout).toMatch(/\ntable +restored +updated +deleted\nCustomer +1 +0 +0\n/);
    expect(preview.stdout).toMatch(/\nCustomer +tenantId="r1" id="c" +not there +/);
    expect(await customers('r1')).toBe(0);

    const done = await run('--shard-key', 'r1', '--to', time, '--yes');
    expect(done.code).toBe(0);
    expect(done.stdout).toMatch(/^rows are as of .*; changes taken back: 1, in 1 shard\nto undo this: /);
    expect(await customers('r1')).toBe(1);
    const id = /restore undo (\S+)/.exec(done.stdout)![1]!;
    expect((await run('list')).stdout).toMatch(new RegExp(`DONE +shard key r1 +${time} +1/1 +${id}\\n$`));

    const undone = await run('undo', id, '--yes');
    expect(undone).toMatchObject({ code: 0 });
    expect(undone.stdout).toContain(`restore ${id} is undone`);
    expect(await customers('r1')).toBe(0);
    const { restores } = JSON.parse((await run('list', '--json')).stdout);
    expect(restores[0]).toMatchObject({ undoes: id, state: 'DONE' });
    expect((await run('list')).stdout).toMatch(
      new RegExp(`DONE .* undoes ${id}\n.* UNDONE .* ${id} +undone by ${restores[0].id}\n`),
    );
    expect(await run('cancel', id)).toMatchObject({ code: 2, stderr: expect.stringContaining('CONFLICT') });
  });

  it('writes rows beside those of today with --as, after showing how many there were', async () => {
    const time = await deleteCustomer('r8');
    const scope = ['--shard-key', 'r8', '--to', time, '--as', 'r8-then'];
    const preview = await run(...scope, '--preview');
    expect(preview).toMatchObject({ code: 0, stderr: '' });
    expect(preview.stdout).toBe('table     rows\nTenant    1\nCustomer  1\n');
    expect(await customers('r8-then')).toBe(0);

    const done = await run(...scope, '--yes');
    expect(done.code).toBe(0);
    expect(done.stdout).toMatch(/^rows of "r8" as of .* are under "r8-then"; rows written: 2\nto remove them: /);
    expect([await customers('r8'), await customers('r8-then')]).toEqual([0, 1]);
    expect((await run('list')).stdout).toMatch(/ r8 as r8-then /);

    expect(await run(...scope, '--yes')).toMatchObject({ code: 2, stderr: expect.stringContaining('CONFLICT') });
    const [, id] = /restore undo (\S+)/.exec(done.stdout)!;
    expect(await run('undo', id!, '--yes')).toMatchObject({ code: 0 });
    expect(await customers('r8-then')).toBe(0);
    const all = await run('--all', '--to', time, '--as', 'r8-then', '--yes');
    expect(all).toMatchObject({ code: 2, stderr: expect.stringContaining('Expected one --shard-key with --as') });
  });

  it('asks before it does anything, and does nothing if the answer is no', async () => {
    const to = await deleteCustomer('r2');
    const questions: string[] = [];
    const options = { url: server.origin, preview: false, yes: false, json: false, all: true, to };
    const terminal = { isInteractive: true, confirm: async (question: string) => questions.push(question) === 0 };
    expect(await restoreRows(options, terminal)).toBe(false);
    expect(questions).toEqual(['Restore it?']);
    expect(await customers('r2')).toBe(0);
  });

  it('asks before it undoes a restore, too', async () => {
    const time = await deleteCustomer('r3');
    const { stdout } = await run('--shard-key', 'r3', '--to', time, '--yes');
    const id = /restore undo (\S+)/.exec(stdout)![1]!;
    expect(await run('undo', id)).toMatchObject({ code: 2, stderr: expect.stringContaining('Expected --yes') });
    const terminal = { isInteractive: true, confirm: async () => false };
    expect(await undoRestore(id, { url: server.origin, yes: false, json: false }, terminal)).toBe(false);
    expect(await customers('r3')).toBe(1);
  });

  it.each([
    [['--to', '2026-01-01'], /one of --shard-key, --shard and --all, but got none/],
    [['--all', '--shard', 'x', '--to', '2026-01-01T00:00:00Z'], /but got several/],
    [['--all'], /Expected --to <time>, but got none/],
    [['--all', '--to', '2026-01-01'], /a time and its time zone, such as .*, but got "2026-01-01"/],
    [['--all', '--to', '2026-01-01T10:00:00'], /time zone/],
    [['--all', '--to', '2090-01-01T00:00:00+01:00'], /BAD_USER_INPUT: Expected the time to be at least 500 ms ago/],
    [
      ['--shard', 'shard-9', '--to', '2026-01-01T00:00:00Z'],
      /NOT_FOUND: Expected shard to be one of shard-0, shard-1, .*, but got "shard-9"\. Did you mean "shard-0"\?/,
    ],
    [
      ['--shard-key', 'r1', '--type', 'Custommer', '--to', '2026-01-01T00:00:00Z'],
      /Expected type to be one of Tenant, .*, but got "Custommer"\. Did you mean "Customer"\?/,
    ],
    [
      ['--shard-key', 'r1x', '--to', '2026-01-01T00:00:00Z'],
      /NOT_FOUND: Expected shard keys that have rows, or had some, but got "r1x"/,
    ],
    [['undo', 'x', '--preview'], /unknown option '--preview'/],
    [['undo', 'x'], /NOT_FOUND/],
    [['lst'], /^Expected options of restore, or one of its commands, but got "lst"\. Did you mean restore list\?/],
    [['elsewhere'], /but got "elsewhere"\. Its commands are list, cancel, undo/],
  ])('refuses %j', async (args, message) => {
    const { code, stderr } = await run(...args, '--yes');
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });

  it('says what goes on, and how it is cancelled, when Ctrl+C ends it', async () => {
    const begun = {
      id: 'r-1',
      state: 'RUNNING',
      totalChanges: 9,
      changesTakenBack: 1,
      endedAt: null,
      copyOf: null,
      problem: null,
      shards: [],
      silentShards: [],
    };
    const api = createServer(async (request, response) => {
      const answer = (await previewAnswer(request)) ?? restoreOf(begun);
      response.end(JSON.stringify({ data: answer }));
    });
    await once(api.listen(0, '127.0.0.1'), 'listening');
    const url = `http://127.0.0.1:${(api.address() as AddressInfo).port}`;
    const args = ['restore', '--all', '--to', '2026-01-01T00:00:00Z', '--yes', '--url', url];
    const { code, stdout, stderr } = await workplace.run(args, (child) => {
      child.stderr!.once('data', () => child.kill('SIGINT'));
    });
    expect({ code, stdout, stderr }).toEqual({
      code: 130,
      stdout: '',
      stderr: [
        'running: 1 of 9 changes',
        '',
        'Restore r-1 goes on by itself.',
        `to see how far it is: npm run shardql -- restore list --url ${url}`,
        `to cancel it: npm run shardql -- restore cancel r-1 --url ${url}`,
        '',
      ].join('\n'),
    });
    api.close();
  });

  it.each([
    ['goes on once all shards answer again', [{ code: 'SHARD_UNAVAILABLE' }, { state: 'DONE' }], 0, /^rows are as of/],
    [
      'goes on once the one that is silent answers again',
      [
        { state: 'RUNNING', silentShards: [{ name: 'shard-1', code: 'SHARD_UNAVAILABLE', message: 'Repeat it.' }] },
        { state: 'DONE' },
      ],
      0,
      /^rows are as of/,
    ],
    [
      'says why it does not go on',
      [{ state: 'RUNNING', problem: { code: 'SHARD_FULL', message: 'Make room.' } }],
      2,
      /^SHARD_FULL: Make room\. Restore r-1 goes on by itself: see/m,
    ],
  ] as const)('%s', async (_, states, code, shown) => {
    const restore = {
      id: 'r-1',
      totalChanges: 9,
      changesTakenBack: 1,
      copyOf: null,
      shards: [],
      silentShards: [],
      problem: null,
    };
    const answers: ({ state: string } | { code: string })[] = [{ state: 'RUNNING' }, ...states];
    const api = createServer(async (request, response) => {
      const preview = await previewAnswer(request);
      if (preview !== null) return response.end(JSON.stringify({ data: preview }));
      const answer = answers.shift()!;
      const endedAt = 'state' in answer && answer.state === 'DONE' ? '2026-01-01T00:00:00Z' : null;
      const body =
        'code' in answer
          ? { errors: [{ message: 'Repeat it.', extensions: answer }] }
          : { data: restoreOf({ ...restore, undoes: null, endedAt, ...answer }) };
      return response.end(JSON.stringify(body));
    });
    await once(api.listen(0, '127.0.0.1'), 'listening');
    const url = `http://127.0.0.1:${(api.address() as AddressInfo).port}`;
    const outcome = await workplace.run(['restore', '--all', '--to', '2026-01-01T00:00:00Z', '--yes', '--url', url]);
    expect(outcome.code).toBe(code);
    expect(code === 0 ? outcome.stdout : outcome.stderr).toMatch(shown);
    api.close();
  });

  it('does not act unasked', async () => {
    const { code, stderr } = await run('--all', '--to', '2026-01-01T00:00:00Z');
    expect(code).toBe(2);
    expect(stderr).toMatch(/Expected --yes where nobody can be asked/);
    expect((await run('--all', '--to', '2026-01-01T00:00:00Z', '--yes', '--preview')).stderr).toMatch(
      /--preview or --yes/,
    );
  });
});
