import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiClient } from '../../scripts/cli/api-client.ts';
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

const run = (...args: readonly string[]) => workplace.run([...args, '--url', server.origin]);
const keys = (...args: readonly string[]) => run('keys', ...args);

describe('shardql place', () => {
  it('places shard keys without rows, lists them and takes them back', async () => {
    expect(await run('place', 'new-tenant', '--jurisdiction', 'eu')).toMatchObject({
      code: 0,
      stdout: 'new-tenant: all of its rows will be on eu-0\n',
    });
    expect((await run('place', '--list')).stdout).toMatch(
      /^shard key +type +shard +jurisdiction +location\nnew-tenant +Tenant +eu-0 +eu +-\n$/,
    );
    expect((await run('status')).stdout).toMatch(/^eu-0 +0 +1 /m);
    const config = join(import.meta.dirname, '../../wrangler.toml');
    expect(await run('doctor', '--count', '--config', config)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(
        /^ok {5}tables that are migrated in steps\nadvice placed shard keys\n {2}eu-0 \(stored in eu alone\) has all rows of Tenant new-tenant\.$/m,
      ),
    });
    expect((await run('place', 'new-tenant', '--undo')).stdout).toMatch(/will be on shard-\d/);
    expect(await run('place', '--list', '--json')).toMatchObject({ stdout: '{"placedShardKeys":[]}\n' });
    expect(await run('place', 'other', '--location', 'paris')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/Expected location to be one of wnam, .*, but got "paris"/),
    });
  });

  it.each([
    [['--list', '--undo'], 'Expected --list alone, but got it with others.'],
    [[], 'Expected shard keys, or --list, but got neither.'],
    [['a'], 'Expected --jurisdiction, --location or --shard, or else --undo, but got none.'],
    [
      ['a', '--shard', 'eu-0', '--undo'],
      'Expected --jurisdiction, --location or --shard, or else --undo, but got them and --undo.',
    ],
  ])('refuses %j', async (args, message) => {
    expect(await run('place', ...args)).toMatchObject({ code: 2, stderr: expect.stringContaining(message) });
  });
});

describe('shardql keys', () => {
  it('creates a key that other commands can use, lists it without its text, and revokes it', async () => {
    const created = await keys(
      'create',
      'ci',
      '--role',
      'operator',
      '--expires',
      '2099-01-01',
      '--claim',
      'team=a',
      'seats=3',
    );
    expect(created).toMatchObject({ code: 0, stderr: expect.stringContaining('Keep it now') });
    const key = created.stdout.trim();
    expect(await run('status', '--token', key, '--json')).toMatchObject({ code: 0 });

    const listed = await keys('list');
    expect(listed.stdout).toMatch(
      /^name +role +claims +created +state\nci +operator +\{"team":"a","seats":3\} +\S+ +valid until 2099-/,
    );
    expect(listed.stdout).not.toContain(key);

    expect(await keys('revoke', 'ci', '--json')).toMatchObject({ code: 0, stdout: '{"revoked":"ci"}\n' });
    const { apiKeys } = JSON.parse((await keys('list', '--json')).stdout);
    expect(apiKeys).toEqual([expect.objectContaining({ name: 'ci', revokedAt: expect.any(String) })]);
  });

  it('says which claims the rules of the role do not use, and which they miss', async () => {
    const misspelt = await keys('create', 'typo', '--role', 'customer', '--claim', 'shardkey=t1', 'team=a', '--json');
    expect(misspelt).toMatchObject({
      code: 0,
      stderr:
        'No access rule of customer uses the claim "shardkey". Did you mean "shardKey"?\n' +
        'No access rule of customer uses the claim "team".\n' +
        'Access rules of customer use the claim "customerId", which is not given: those that do are false.\n',
    });
    expect(JSON.parse(misspelt.stdout)).toMatchObject({ name: 'typo', key: expect.stringMatching(/^shardql_/) });
    const right = await keys('create', 'right', '--role', 'admin', '--claim', 'shardKey=t1', '--json');
    expect(right).toMatchObject({ code: 0, stderr: '' });
    for (const name of ['typo', 'right']) expect(await keys('revoke', name)).toMatchObject({ code: 0 });
  });

  it('says what is wrong, and creates nothing', async () => {
    expect(await keys('create', 'a b', '--role', 'x')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('BAD_USER_INPUT: Expected name to be'),
    });
    expect(await keys('create', 'n', '--role', 'x', '--claim', 'tenant')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Expected --claim to be name=value, but got "tenant".'),
    });
    expect(await keys('create', 'n', '--role', 'custmer')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(
        /BAD_USER_INPUT: Expected role to be one of admin, .*customer, operator, but got.*Did you mean "customer"\?/,
      ),
    });
    expect(JSON.parse((await keys('list', '--json')).stdout).apiKeys.map(({ name }: { name: string }) => name)).toEqual(
      ['ci', 'typo', 'right'],
    );
    expect(await keys('revoke', 'nobody')).toMatchObject({ code: 2, stderr: expect.stringContaining('NOT_FOUND') });
    expect(await run('status', '--token', 'wrong')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('(401): UNAUTHENTICATED'),
    });
  });

  it('sends no token in the clear to another machine', () => {
    expect(() => new ApiClient({ url: 'http://api.example.com', token: 'secret' })).toThrow(
      'Expected an https address',
    );
    expect(() => new ApiClient({ url: 'https://api.example.com', token: 'secret' })).not.toThrow();
  });
});
