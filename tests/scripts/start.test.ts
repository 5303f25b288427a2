import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { DataFolder } from '../../scripts/start/data-folder.ts';
import { identify } from '../../scripts/start/process-identity.ts';
import { StartError } from '../../scripts/start/start-error.ts';
import { freePort } from '../support/free-port.ts';
import { postGraphQL } from '../support/graphql.ts';
import { isAlive, watchdogsOf, workerdOf } from './processes.ts';
import { makeFolder, type Run, runStart } from './run-start.ts';

const PROJECT = join(import.meta.dirname, '../..');

describe('npm start', () => {
  const data = mkdtempSync(join(tmpdir(), 'shardql-start-'));
  let first: Run;
  let end: () => void;
  beforeAll(async () => {
    // Of an owner whose id another process, this one, was given since.
    const bystander = { pid: process.pid, started: 'at another time' };
    writeFileSync(join(data, 'owner.json'), JSON.stringify({ process: bystander, port: 1, workerd: bystander }));
    first = await runStart({
      data,
      env: { SHARDQL_EXAMPLE: 'from outside' },
      onEnd: (work) => {
        end = work;
      },
    });
    await first.ready;
  });
  afterAll(() => {
    end();
    rmSync(data, { recursive: true, force: true, maxRetries: 5 });
  });

  it('serves the Worker of another wrangler.toml', async () => {
    expect(await first.ready).toBe(`http://127.0.0.1:${first.port}/graphql`);
    expect(await (await first.get('/greeting')).text()).toBe('hello');
    expect(await (await first.get('/add')).json()).toBe(1);
  });

  it('gives variables named SHARDQL_… to the Worker', async () => {
    expect(await (await first.get('/variable')).text()).toBe('from outside');
  });

  it('leaves a process alone that was given the id of a former owner since', () => {
    expect(isAlive(process.pid)).toBe(true);
    expect(JSON.parse(readFileSync(join(data, 'owner.json'), 'utf8')).process.pid).toBe(first.child.pid);
  });

  it('refuses a data folder that has an owner, and names the owner and its port', async () => {
    const second = await runStart({ data, port: first.port });
    const { code, output } = await second.ended;
    expect(code).toBe(1);
    expect(output).toContain(`process ${first.child.pid}`);
    expect(output).toContain(`port ${first.port}`);
    expect(output.trim().split('\n')).toHaveLength(1);
    expect(await (await first.get('/greeting')).text()).toBe('hello');
  });

  it('says who may do what, keeps its rows, and ends cleanly on SIGTERM and SIGINT', async () => {
    const workerd = workerdOf(data);
    first.child.kill('SIGTERM');
    const outcome = await first.ended;
    expect(outcome.code).toBe(0);
    expect(outcome.output).toContain('development: every caller has the developer role\n');
    expect(isAlive(workerd)).toBe(false);

    const second = await runStart({ data });
    await second.ready;
    expect(await (await second.get('/add')).json()).toBe(2);
    second.child.kill('SIGINT');
    const { code, output } = await second.ended;
    expect(code).toBe(0);
    // A note of the runtime to its makers, which nobody else can do anything about.
    expect(output).not.toContain('NOSENTRY');
    await expect(second.get('/add')).rejects.toThrow();
  });

  it('ends when npm is ended, which passes signals to its shell alone', async () => {
    const run = await runStart({ asNpm: true });
    await run.ready;
    const workerd = workerdOf(run.data);
    run.child.kill('SIGTERM');
    // The folder is free again.
    await vi.waitFor(() => expect(existsSync(join(run.data, 'owner.json'))).toBe(false), { timeout: 10_000 });
    expect(isAlive(workerd)).toBe(false);
  });

  it('shows what its role may see to a caller without a credential where it runs as deployed, and has migrated the shards', async () => {
    const token = '0123456789abcdef0123456789abcdef';
    const env = { SHARDQL_DEVELOPMENT: 'false', SHARDQL_OPERATOR_TOKEN: token };
    const run = await runStart({ args: ['--empty'], env });
    const url = await run.ready;
    const ask = (headers: Record<string, string>) =>
      fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ query: '{ orders { totalCount } }' }),
      });
    expect(await (await ask({})).json()).toMatchObject({
      errors: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }],
    });
    expect((await run.get('/status')).status).toBe(401);
    const answer = await ask({ authorization: `Bearer ${token}` });
    expect(await answer.json()).toMatchObject({ data: { orders: { totalCount: 0 } } });
    run.child.kill('SIGTERM');
    expect((await run.ended).output).toContain('as deployed: callers need credentials');
  });

  it('shows what a field of one’s own throws, with the lines of its source', async () => {
    const config = writeShardql({ field: 'boom' });
    const run = await runStart({ args: ['--config', config] });
    await run.ready;
    const { errors } = await postGraphQL(`http://127.0.0.1:${run.port}/graphql`, '{ boom }');
    expect(errors).toMatchObject([
      { message: 'Internal server error', extensions: { thrown: 'TypeError: it boomed' } },
    ]);
    // As GraphiQL has the lines of the bundle translated.
    const { stack } = errors[0]!.extensions as { readonly stack: readonly string[] };
    expect(stack[0]).toMatch(/worker\.js:\d+:\d+/);
    const positions = await run.get(
      `/_shardql/graphiql/source-positions/${encodeURIComponent(stack.map((line) => `\n    ${line}`).join(''))}`,
    );
    expect(await positions.text()).toMatch(/^\n {4}at \S*\/worker\.ts:\d+:\d+(\n {4}at \S*\.ts:\d+:\d+)*$/);
    run.child.kill('SIGTERM');
    const { output } = await run.ended;
    const lines = output.slice(output.indexOf('Error in boom')).split('\n');
    expect(lines[0]).toBe(`Error in boom (request ${errors[0]!.extensions!.requestId}):`);
    expect(lines[1]).toBe('TypeError: it boomed');
    expect(lines[2]).toMatch(/^ {4}at \S*\/worker\.ts:\d+:\d+$/);
    // What packages did in between says nothing to whoever wrote the field.
    expect(output).not.toMatch(/node_modules|worker\.js/);
  });

  it('gives a data folder to exactly one of two that start at the same time', async () => {
    const data = makeFolder();
    const runs = await Promise.all([runStart({ data }), runStart({ data })]);
    const outcomes = await Promise.all(
      runs.map(({ ready, ended }) => Promise.race([ready.then(() => 'ready'), ended.then(({ code }) => code)])),
    );
    expect(outcomes.sort()).toEqual([1, 'ready']);
  });

  it('names a port that is taken', async () => {
    const port = await freePort();
    const taken = createServer().listen(port, '127.0.0.1');
    onTestFinished(() => void taken.close());
    const { code, output } = await (await runStart({ port })).ended;
    expect(code).toBe(1);
    expect(output).toMatch(new RegExp(`^Port ${port} of 127.0.0.1 is taken.*PORT=${port + 1} npm start -- --data `));
    expect(output.trim().split('\n')).toHaveLength(1);
  });
});

describe('when the Node process is killed', () => {
  it('the runtime ends too, and the next start finds every row, on the same port', async () => {
    const killed = await runStart();
    await killed.ready;
    expect(await (await killed.get('/add')).json()).toBe(1);
    const workerd = workerdOf(killed.data);
    killed.child.kill('SIGKILL');
    await expect.poll(() => isAlive(workerd), { timeout: 60_000 }).toBe(false);

    const next = await runStart({ data: killed.data, port: killed.port });
    await next.ready;
    expect(await (await next.get('/add')).json()).toBe(2);
  });

  it.each(['the same', 'another'])(
    'and its watchdog too, the next start on %s port ends the runtime left',
    async (port) => {
      const killed = await runStart();
      await killed.ready;
      const workerd = workerdOf(killed.data);
      for (const pid of watchdogsOf(killed.child.pid!)) process.kill(pid, 'SIGKILL');
      killed.child.kill('SIGKILL');
      await killed.ended;
      expect(isAlive(workerd)).toBe(true);
      expect(await (await killed.get('/add')).json()).toBe(1);

      const next = await runStart({ data: killed.data, ...(port === 'the same' && { port: killed.port }) });
      await next.ready;
      expect(isAlive(workerd)).toBe(false);
      expect(await (await next.get('/add')).json()).toBe(2);
    },
  );
});

describe('what a start cannot work with is told shortly, and alone', () => {
  const refusal = async (run: Awaited<ReturnType<typeof runStart>>) => {
    const { code, output } = await run.ended;
    expect(output.trim().split('\n')).toHaveLength(1);
    return { code, output };
  };

  it('a file in the place of the data folder', async () => {
    const file = join(makeFolder(), 'file');
    writeFileSync(file, '');
    const { code, output } = await refusal(await runStart({ data: file }));
    expect(code).toBe(1);
    expect(output).toContain(`Cannot use the data folder ${file}`);
  });

  it('a data folder whose lock is no lock', async () => {
    const data = makeFolder();
    writeFileSync(join(data, 'owner.lock'), 'x'.repeat(4096));
    const { code, output } = await refusal(await runStart({ data }));
    expect(code).toBe(1);
    expect(output).toContain(`Cannot use the data folder ${data}`);
  });

  it('a runtime left behind that may not be ended', async () => {
    const data = makeFolder();
    const runtime = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1_000)'], { stdio: 'ignore' });
    onTestFinished(() => void runtime.kill());
    const workerd = identify(runtime.pid!)!;
    writeFileSync(join(data, 'owner.json'), JSON.stringify({ process: workerd, port: 1, workerd }));
    // As if it were another user's.
    const kill = vi.spyOn(process, 'kill').mockImplementation(() => {
      throw Object.assign(new Error('kill EPERM'), { code: 'EPERM' });
    });
    onTestFinished(() => kill.mockRestore());
    const opening = DataFolder.open(data, 8787);
    await expect(opening).rejects.toBeInstanceOf(StartError);
    await expect(opening).rejects.toThrow(
      `A runtime left behind (process ${runtime.pid}) holds ${data} and does not end. End it first.`,
    );
    expect(kill.mock.calls).toEqual([[runtime.pid, 'SIGKILL']]);
  });

  it('a folder that cannot be written', async () => {
    const { code, output } = await refusal(await runStart({ data: '/sys/shardql' }));
    expect(code).toBe(1);
    expect(output).toContain('Cannot use the data folder /sys/shardql');
  });

  it('a wrangler.toml that is not there', async () => {
    const { code, output } = await refusal(await runStart({ args: ['--config', '/nowhere/wrangler.toml'] }));
    expect(code).toBe(1);
    expect(output).toContain('Expected a wrangler.toml at /nowhere/wrangler.toml');
  });

  it('a wrangler.toml without a Worker', async () => {
    const config = join(makeFolder(), 'wrangler.toml');
    writeFileSync(config, 'name = "idle"\ncompatibility_date = "2026-10-01"\n');
    const { code, output } = await refusal(await runStart({ args: ['--config', config] }));
    expect(code).toBe(1);
    expect(output).toBe(`Cannot use ${config}: it names no "main"\n`);
  });

  it('a Worker that throws when it loads, and where', async () => {
    const config = writeWorker("\nthrow new TypeError('no such model');");
    const { code, output } = await (await runStart({ args: ['--config', config] })).ended;
    expect(code).toBe(1);
    expect(output).toMatch(/^The Worker does not start: TypeError: no such model\n {4}at \S*worker\.ts:2:\d+\n$/);
  });

  it('a model that is wrong, in its own lines and no others', async () => {
    const config = writeShardql({ shardKey: 'key' });
    const { code, output } = await (await runStart({ args: ['--config', config] })).ended;
    expect(code).toBe(1);
    expect(output).toMatch(/^Expected a sound model, but got \d+ problems?:\n(- Note \(table "notes"\).*\n)+$/);
  });

  it.each([
    ['a class that the Worker does not export', { SHARD: 'Shardd' }, 'class that the Worker exports (Catalog, Shard)'],
    ['classes in the place of each other', { SHARD: 'Catalog', CATALOG: 'Shard' }, 'SHARD to be "Shard"'],
    ['no binding of the catalog', { CATALOG: undefined }, 'Expected a Durable Object binding CATALOG, but found none.'],
  ])('%s', async (_what, classes, problem) => {
    const config = writeShardql({ classes });
    const { code, output } = await (await runStart({ args: ['--config', config] })).ended;
    expect(code).toBe(1);
    const [line = ''] = output.split('\n');
    expect(line.slice(0, config.length + 2)).toBe(`${config}: `);
    expect(line).toContain(problem);
    expect(output).not.toContain('DurableObjectNamespace');
  });

  it('a Worker whose shards refuse: at once, since waiting mends nothing', async () => {
    const failures = [{ shard: 'shard-0', code: 'MIGRATION_FAILED', message: 'Expected migrations.' }];
    const answer = `export default { fetch: () => Response.json(${JSON.stringify({ failures })}, { status: 503 }) };`;
    const { code, output } = await refusal(await runStart({ args: ['--config', writeWorker('', answer)] }));
    expect(code).toBe(1);
    expect(output).toBe('The API does not become ready: MIGRATION_FAILED: Expected migrations.\n');
  });

  it('a Worker that does not compile', async () => {
    const { code, output } = await refusal(
      await runStart({ args: ['--config', writeWorker("import './missing.ts';")] }),
    );
    expect(code).toBe(1);
    expect(output).toMatch(/^Cannot bundle .*worker\.ts: Could not resolve "\.\/missing\.ts"/);
  });

  it('a port that is no port, and an unknown option', async () => {
    const port = await refusal(await runStart({ env: { PORT: 'eighty' } }));
    expect(port).toMatchObject({ code: 2, output: expect.stringContaining('Expected PORT to be an integer') });
    const option = await refusal(await runStart({ args: ['--colour'] }));
    expect(option).toMatchObject({
      code: 2,
      output: expect.stringMatching(/'--colour'.* \(see npm start -- --help\)\n$/),
    });
  });
});

function writeWorker(source: string, main = "export default { fetch: () => new Response('ok') };"): string {
  const folder = join(makeFolder(), 'worker');
  mkdirSync(folder);
  writeFileSync(join(folder, 'worker.ts'), `${source}\n${main}\n`);
  const config = join(folder, 'wrangler.toml');
  writeFileSync(config, 'name = "broken"\nmain = "worker.ts"\ncompatibility_date = "2026-10-01"\n');
  return config;
}

/** A Worker of ShardQL, with a field that throws. */
function writeShardql({
  shardKey = 'id',
  classes = {},
  field = 'failing',
}: {
  readonly shardKey?: string;
  readonly classes?: Readonly<Record<string, unknown>>;
  readonly field?: string;
}): string {
  const config = writeWorker(
    `import { sqliteTable, text } from '${PROJECT}/node_modules/drizzle-orm/sqlite-core/index.js';
import { createWorker, defineExtensions, defineModel } from '${PROJECT}/src/index.ts';
import { bundle } from '${PROJECT}/tests/models/cross-shard/migrations/index.ts';
import sound from '${PROJECT}/tests/models/cross-shard/model.ts';
const notes = sqliteTable('notes', { id: text().primaryKey() });
const model = '${shardKey}' === 'id' ? sound : defineModel({ Note: { table: notes, shardKey: '${shardKey}' } } as never);
const extensions = defineExtensions(model, ({ builder }) => {
  builder.queryField('${field}', (t) => t.string({ resolve: () => {
    throw new TypeError('it boomed');
  } }));
});
const app = createWorker({ model, migrations: bundle, extensions });
export const { Shard, Catalog } = app;`,
    'export default app.handlers;',
  );
  const bindings = Object.entries({ SHARD: 'Shard', CATALOG: 'Catalog', ...classes })
    .filter(([, className]) => className !== undefined)
    .map(([name, className]) => `[[durable_objects.bindings]]\nname = "${name}"\nclass_name = "${className}"\n`);
  appendFileSync(config, `${bindings.join('')}[[migrations]]\ntag = "v1"\nnew_sqlite_classes = ["Shard", "Catalog"]\n`);
  return config;
}
