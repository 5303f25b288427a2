/** The commands of docs/deploying.md for a gradual release and for the way back, with wrangler as it is, against a fake of the account's API. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WRANGLER } from '../../scripts/project/run-wrangler.ts';
import { FakeAccount } from '../support/account/fake-account.ts';

const PROJECT = join(import.meta.dirname, '../..');
const PAGE = readFileSync(join(PROJECT, 'docs/deploying.md'), 'utf8');
/** Each process takes seconds. */
const PATIENCE_MS = 300_000;

const CONFIG = `name = "api"
main = "worker.ts"
compatibility_date = "2026-10-01"
workers_dev = false
`;

let folder: string;
let account: FakeAccount;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'shardql-rollout-'));
  writeFileSync(join(folder, 'wrangler.toml'), CONFIG);
  writeFileSync(join(folder, 'worker.ts'), "export default { fetch: () => new Response('ok') };\n");
  account = await FakeAccount.start();
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  account.stop();
});

/** Runs a command of the page; `answers` in place of those that it would ask for at a terminal. */
async function run(command: string, ...answers: string[]): Promise<void> {
  const env = { ...process.env, ...account.variables, CI: '1' };
  const args = [...command.split(' ').slice(1), ...answers];
  await promisify(execFile)(process.execPath, [WRANGLER, ...args], { cwd: folder, env });
}

/** Commands as the page has them, each on a line of its own. */
function onPage(command: string): string {
  expect(PAGE.split('\n')).toContain(`npx ${command}`);
  return command;
}

it(
  'a version is uploaded, gets a part of the requests, then all, and is taken back',
  async () => {
    const upload = onPage('wrangler versions upload --config wrangler.toml');
    const deploy = onPage('wrangler versions deploy --config wrangler.toml');
    const rollback = onPage('wrangler rollback --config wrangler.toml');
    await run('wrangler deploy --config wrangler.toml');
    const { versions, deployments } = account.workers.get('api')!;
    await run(upload);
    const [before, next] = versions as [string, string];
    expect(versions.length).toBe(2);
    expect(deployments.at(-1)).toEqual(new Map([[before, 100]]));
    await run(deploy, `${before}@90%`, `${next}@10%`, '--yes');
    expect(deployments.at(-1)).toEqual(
      new Map([
        [before, 90],
        [next, 10],
      ]),
    );
    await run(deploy, `${next}@100%`, '--yes');
    expect(deployments.at(-1)).toEqual(new Map([[next, 100]]));
    await run(rollback, '--yes');
    expect(deployments.at(-1)).toEqual(new Map([[before, 100]]));
    expect(versions.length).toBe(2);
  },
  PATIENCE_MS,
);
