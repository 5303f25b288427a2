/** "Try it" of the page on recovery, as somebody follows it who has only the page: its commands in their order. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Server, startServer } from '../support/server.ts';

const PROJECT = join(import.meta.dirname, '../..');
const [, part] = /\n## Try it\n([\s\S]*?)\n## /.exec(readFileSync(join(PROJECT, 'docs/recovery.md'), 'utf8'))!;
/** Blocks of commands by heading; '': before the first. Those that start servers are for another terminal. */
const blocks = new Map(
  part!.split('\n### ').map((section, index) => {
    const commands = [...section.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, text]) => text!);
    return [index === 0 ? '' : section.split('\n')[0]!, commands.filter((text) => !/^(PORT=.*)?npm start/.test(text))];
  }),
);

const folder = mkdtempSync(join(tmpdir(), 'shardql-try-'));
/** By the port that the page gives them. */
const servers = new Map<number, Server>();
beforeAll(async () => {
  servers.set(8787, await startServer({ demo: true }));
  servers.set(9000, await startServer({ shards: 7 }));
  servers.set(9001, await startServer({ config: 'examples/small-shards/wrangler.toml' }));
  // The page names moments in whole seconds.
  await new Promise((resolve) => setTimeout(resolve, 1_100));
});
afterAll(async () => {
  for (const server of servers.values()) await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** What the commands of a section print. */
function follow(heading: string, count: number): Promise<string> {
  const script = [...blocks.get('')!, ...blocks.get(heading)!.slice(0, count)]
    .join('')
    .replaceAll(/^npm run -s shardql -- .*$/gm, (line) =>
      /--url|backup verify/.test(line) ? line : `${line} --url "$API"`,
    )
    .replaceAll('npm run -s shardql --', 'node scripts/shardql.ts')
    .replaceAll(/http:\/\/127\.0\.0\.1:(\d+)/g, (_, port) => servers.get(Number(port))!.origin)
    .replaceAll('/tmp/shardql-try', folder);
  const env = { ...process.env, PATH: `${dirname(process.execPath)}:${process.env.PATH}`, XDG_CACHE_HOME: folder };
  return new Promise((resolve, reject) => {
    const child = spawn('sh', ['-c', script], { cwd: PROJECT, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => (output += text));
    child.once('error', reject).once('close', () => resolve(output));
  });
}

it('has exactly the orders come back that were deleted by mistake, while others go on', async () => {
  const output = await follow("A tenant's orders, deleted by mistake", 2);
  const orders = Number(/"totalCount":(\d+)/.exec(output)![1]);
  expect(orders).toBeGreaterThan(100);
  expect(output).toContain(`"affectedCount":${orders}`);
  expect(output).toMatch(new RegExp(`\\nOrder +${orders} +0 +0\\nOrderItem +\\d{3} +0 +0\\n`));
  expect(output).toMatch(/rows are as of .*; changes taken back: \d{4}, in 1 shard\n/);
  expect(output).toContain(`"orders":{"totalCount":${orders}},"tenants":{"totalCount":1}`);
});

it('has a backup restored into other shards, equal by its content hash', async () => {
  const output = await follow('A backup, in other shards', 2);
  const [, hash] = /rows as of .*, content hash (\S+)/.exec(output)!;
  expect(output).toMatch(new RegExp(`sound, as of .*, content hash ${hash}\n`));
  expect(output).toMatch(new RegExp(`rows, equal to the backup, content hash ${hash}\n`));
});

it('has a shard that is filled, refuses more, and is emptied', async () => {
  const output = await follow('A shard, filled and emptied', 2);
  expect(output).toMatch(/SHARD_FULL: Expected a shard with room .* is full from 5,000,000 on/);
  expect(output).toContain('shard-0 is full: ');
  const [, products] = /\nProduct +(\d+)\n/.exec(output)!;
  expect(Number(products)).toBeGreaterThan(200);
  expect(output).toContain('{"updateProduct":{"name":"Q"}}');
  expect(output).toContain(`"affectedCount":${products}`);
  expect(output).toMatch(/\nProduct +0\n/);
});
