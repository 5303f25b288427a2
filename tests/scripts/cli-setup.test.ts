/** `npm run shardql -- setup` with wrangler as it is, against a fake of the account's API. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Account } from '../../scripts/cli/setup/account.ts';
import { accountError } from '../../scripts/cli/setup/account-error.ts';
import { type SetupOptions, setUp } from '../../scripts/cli/setup/set-up.ts';
import { withKvId } from '../../scripts/cli/setup/write-kv-id.ts';
import { AccountInMemory } from '../support/account/account-in-memory.ts';
import { FakeAccount } from '../support/account/fake-account.ts';
import { Workplace } from './run-cli.ts';
import { STAGING } from './staging.ts';

const PROJECT = join(import.meta.dirname, '../..');
const demo = (name: string) => readFileSync(join(PROJECT, name), 'utf8');

let place: Workplace;
let account: FakeAccount;
beforeAll(async () => {
  place = new Workplace();
  account = await FakeAccount.start();
});
afterAll(() => {
  place.remove();
  account.stop();
});
beforeEach(() => {
  account.refuses = null;
  account.changes.length = 0;
  place.write('wrangler.toml', demo('wrangler.toml') + STAGING.api);
  place.write('wrangler.storage.toml', demo('wrangler.storage.toml') + STAGING.storage);
});

const written = (name: string) => readFileSync(join(place.folder, name), 'utf8');

/** With wrangler, several of whose processes a run takes. */
const PATIENCE_MS = 300_000;

describe('npm run shardql -- setup, with wrangler', () => {
  it(
    'makes what is missing in an empty account, and shows the token once',
    async () => {
      const made = await place.run(['setup', '--backup-bucket', 'shardql-backups'], () => {}, account.variables);
      expect(made).toMatchObject({ code: 0, stderr: '' });
      expect(account.changes).toEqual([
        'queue shardql-invalidations',
        'queue shardql-invalidations-dead',
        'namespace shardql-kv',
        'bucket shardql-backups',
        'worker shardql',
        'secret SHARDQL_OPERATOR_TOKEN of shardql',
      ]);
      const [, token] = /^ +([0-9a-f]{64})$/m.exec(made.stdout)!;
      expect(account.workers.get('shardql')!.secrets.get('SHARDQL_OPERATOR_TOKEN')).toBe(token);
      expect(made.stdout).toMatch(/^next {5}npm run deploy$/m);
      for (const name of ['wrangler.toml', 'wrangler.storage.toml']) {
        expect(written(name)).toContain('binding = "KV"\nid = "id-of-shardql-kv"\n');
      }
    },
    PATIENCE_MS,
  );

  it(
    'finds what an environment has, says who takes the messages of a queue, and what a token may not do',
    async () => {
      account.queues.set('events', { consumers: ['somebody-else'] });
      const of = { path: join(place.folder, 'wrangler.toml'), env: 'staging', accountId: null };
      Object.assign(process.env, account.variables);
      try {
        const asked = new Account(of);
        expect(await asked.queue('events')).toEqual({ consumers: ['somebody-else'] });
        expect(await asked.queue('none')).toBeNull();
        expect(await asked.secrets()).toBeNull();
        await asked.createNamespace('shardql-kv', { jurisdiction: null, location: null });
        expect(account.changes).toEqual(['namespace staging-shardql-kv']);
        account.refuses = { path: /\/queues$/, refusal: { status: 403, code: 10000, message: 'Authentication error' } };
        await expect(asked.queue('events')).rejects.toMatchObject({ failure: 'NO_PERMISSION' });
      } finally {
        for (const name of Object.keys(account.variables)) delete process.env[name];
      }
    },
    PATIENCE_MS,
  );

  it('says that nobody is logged in', async () => {
    const home = { HOME: place.folder, XDG_CONFIG_HOME: place.folder, CLOUDFLARE_API_TOKEN: '' };
    const stranger = await place.run(['setup'], () => {}, { ...account.variables, ...home });
    expect(stranger.stderr).toMatch(/^Expected to find who is logged in, but got: .*npx wrangler login/);
    expect(stranger.code).toBe(2);
  });
});

describe('npm run shardql -- setup', () => {
  /** Of a run over an account in memory: what it said, and whether all is there. */
  async function setUpIn(memory: AccountInMemory, options: Partial<SetupOptions> = {}) {
    const lines: string[] = [];
    const all = { config: join(place.folder, 'wrangler.toml'), env: '', dryRun: false, ...options };
    const isComplete = await setUp(all, (line) => lines.push(line), memory.open(`worker of ${all.env}`));
    return { text: lines.join('\n'), isComplete };
  }

  it('changes nothing when it is only tried, and finds everything when it is repeated', async () => {
    const memory = new AccountInMemory();
    const files = () => written('wrangler.toml') + written('wrangler.storage.toml');
    const before = files();
    const tried = await setUpIn(memory, { dryRun: true });
    expect(tried.isComplete).toBe(false);
    expect(tried.text).toMatch(/^to make {2}queue shardql-invalidations-dead$/m);
    expect(memory.changes).toEqual([]);
    expect(files()).toBe(before);

    expect((await setUpIn(memory)).isComplete).toBe(true);
    const made = [...memory.changes];
    const after = files();
    expect(after).not.toBe(before);
    memory.queues.set('shardql-invalidations', { consumers: ['shardql'] });
    const again = await setUpIn(memory);
    expect(again.isComplete).toBe(true);
    expect(again.text).not.toMatch(/^(made|to make|missing)/m);
    expect(memory.changes).toEqual(made);
    expect(files()).toBe(after);
  });

  it('makes what an environment has of its own, and what else its configuration says', async () => {
    const memory = new AccountInMemory();
    const storage = written('wrangler.storage.toml');
    place.write(
      'wrangler.storage.toml',
      `${storage}[[env.staging.r2_buckets]]\nbinding = "LOG_ARCHIVE"\nbucket_name = "log-staging"\n[env.staging.vars]\nSHARDQL_JURISDICTION = "eu"\n`,
    );
    expect((await setUpIn(memory, { env: 'staging', backupBucket: 'backups' })).isComplete).toBe(true);
    expect(memory.changes).toEqual([
      'queue shardql-invalidations-staging in eu',
      'queue shardql-invalidations-dead-staging in eu',
      'namespace staging-shardql-kv',
      'bucket log-staging',
      'bucket backups',
      'secret SHARDQL_OPERATOR_TOKEN',
    ]);
    expect(written('wrangler.toml')).toContain(
      '[[env.staging.kv_namespaces]]\nbinding = "KV"\nid = "id-of-staging-shardql-kv"\n',
    );
    expect(written('wrangler.toml')).not.toContain('id = "id-of-shardql-kv"');
  });

  it('takes no queue whose messages go to another Worker, and no namespace that is not there', async () => {
    const memory = new AccountInMemory();
    memory.queues.set('shardql-invalidations', { consumers: ['somebody-else'] });
    await expect(setUpIn(memory)).rejects.toMatchObject({
      failure: 'NAME_TAKEN',
      message: expect.stringMatching(/to go to shardql, but got one whose consumer is somebody-else\. Name another/),
    });
    const lost = written('wrangler.toml').replace('binding = "KV"\n', 'binding = "KV"\nid = "lost"\n');
    place.write('wrangler.toml', lost);
    await expect(setUpIn(new AccountInMemory())).rejects.toMatchObject({ failure: 'NOT_THERE' });
  });

  it('makes nothing for environments that share a queue, or are wrong in another way', async () => {
    const memory = new AccountInMemory();
    place.write('wrangler.toml', written('wrangler.toml').replaceAll('-dead-staging', '-dead'));
    for (const env of ['', 'staging']) {
      await expect(setUpIn(memory, { env })).rejects.toThrow(
        /^Expected env\.staging to have its own, but got the queue shardql-invalidations-dead of the default environment: .*\nNothing was made\.$/s,
      );
    }
    place.write('wrangler.toml', demo('wrangler.toml').replace('preview_urls = false', 'preview_urls = true'));
    await expect(setUpIn(memory)).rejects.toThrow(/^Expected preview_urls = false/);
    expect(memory.changes).toEqual([]);
  });

  it('makes a queue for dead letters that nobody takes yet', async () => {
    const memory = new AccountInMemory();
    const [toml] = demo('wrangler.toml').split('# Keeps what could not be consumed');
    place.write('wrangler.toml', toml!);
    await setUpIn(memory);
    expect([...memory.queues.keys()]).toEqual(['shardql-invalidations', 'shardql-invalidations-dead']);
  });

  it('is one at a time for a configuration, so that its id is written and its token set once', async () => {
    const memory = new AccountInMemory();
    const [first, second] = await Promise.allSettled([setUpIn(memory), setUpIn(memory, { env: 'staging' })]);
    expect(first.status).toBe('fulfilled');
    expect(second).toMatchObject({
      status: 'rejected',
      reason: { message: expect.stringMatching(/^Expected one setup of .*wrangler\.toml at a time, but another is/) },
    });
    expect(written('wrangler.toml').match(/^id = /gm)).toHaveLength(1);
    expect((await setUpIn(memory, { env: 'staging' })).isComplete).toBe(true);
  });

  it('says where rows will be, which domain is connected, and what else is worth a setting', async () => {
    const plain = await setUpIn(new AccountInMemory());
    expect(plain.text).toMatch(/^place {4}near the sender of the first request, unless SHARDQL_LOCATION/m);
    expect(plain.text).toMatch(/^consider a domain of your own/m);
    expect(plain.text).not.toMatch(/cpu_ms|observability/);

    const settings = 'routes = [{ pattern = "api.example.com", custom_domain = true }]\n';
    const withoutLimits = demo('wrangler.toml').replace(/^\[limits\]\ncpu_ms = .*$/m, '');
    place.write('wrangler.toml', settings + withoutLimits);
    const vars = '[vars]\nSHARDQL_JURISDICTION = "eu"\nSHARDQL_LOCATION = "weur"\n';
    place.write(
      'wrangler.storage.toml',
      demo('wrangler.storage.toml').replace('[observability]\nenabled = true\n', vars),
    );
    const { text } = await setUpIn(new AccountInMemory());
    expect(text).toMatch(/^place {4}in eu, near weur$/m);
    expect(text).toMatch(/^domain {3}api\.example\.com: the deploy connects it/m);
    expect(text).toMatch(/^consider \[limits\] with cpu_ms/m);
    expect(text).toMatch(/^consider \[observability\] with enabled = true for shardql-storage/m);
  });

  it('leaves other secrets to their owner, and says what the account refuses', async () => {
    const memory = new AccountInMemory();
    place.write('wrangler.toml', `${demo('wrangler.toml')}[secrets]\nrequired = ["JWT_SECRET"]\n`);
    place.write('wrangler.storage.toml', demo('wrangler.storage.toml'));
    const { isComplete, text } = await setUpIn(memory);
    expect(isComplete).toBe(false);
    expect(text).toMatch(/^missing {2}secret JWT_SECRET: set it with npx wrangler secret put JWT_SECRET --config /m);
    memory.isReadOnly = true;
    memory.queues.clear();
    await expect(setUpIn(memory)).rejects.toMatchObject({ failure: 'NO_PERMISSION' });
    await expect(setUpIn(memory, { env: 'stage' })).rejects.toThrow(
      /^Expected an environment stage in .*wrangler\.toml, but found none\. docs/,
    );
  });
});

describe('what wrangler writes', () => {
  it.each([
    ['✘ [ERROR] A request to the API failed.\n  Queue name is already taken [code: 11009]', 'NAME_TAKEN'],
    ['✘ [ERROR] Authentication error [code: 10000]', 'NO_PERMISSION'],
    ['✘ [ERROR] Queue "events" does not exist. To create it, run: wrangler queues create events', 'NOT_THERE'],
    ["✘ [ERROR] it's necessary to set a CLOUDFLARE_API_TOKEN environment variable", 'NOT_LOGGED_IN'],
    ['✘ [ERROR] The service is at rest [code: 1]', 'REFUSED'],
  ])('%s is %s', (text, failure) => {
    expect(accountError('do it', text)).toMatchObject({
      failure,
      message: expect.stringMatching(/^Expected to do it, but got: \S/),
    });
  });
});

describe('the id of a namespace', () => {
  const toml = '[[kv_namespaces]]\nbinding = "OTHER"\n\n[[kv_namespaces]] # ours\nbinding = "KV" # cached\n\n[vars]\n';

  it('is written into the table of its binding, and nothing else is touched', () => {
    expect(withKvId(toml, '', 'KV', 'abc')).toBe(toml.replace('# cached\n', '# cached\nid = "abc"\n'));
    expect(withKvId(toml, '', 'OTHER', 'abc')).toBe(toml.replace('"OTHER"\n', '"OTHER"\nid = "abc"\n'));
  });

  it('is not where the table is another environment’s, or is written otherwise', () => {
    expect(withKvId(toml, 'staging', 'KV', 'abc')).toBeNull();
    expect(withKvId('kv_namespaces = [{ binding = "KV" }]', '', 'KV', 'abc')).toBeNull();
  });
});
