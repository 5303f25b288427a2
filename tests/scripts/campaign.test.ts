import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { CAMPAIGNS, type Campaign } from '../../scripts/campaign/campaigns.ts';
import { vitestCommand } from '../../scripts/campaign/vitest-command.ts';
import { readTableRows } from '../support/docs/read-table.ts';
import { Workplace } from './run-cli.ts';

const PROJECT = join(import.meta.dirname, '../..');
const place = new Workplace();
afterAll(() => place.remove());

function run(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  return new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
    const child = spawn(process.execPath, args, { cwd: PROJECT, env: { ...process.env, ...env } });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => (stdout += chunk));
    child.stderr.on('data', (chunk) => (stderr += chunk));
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}

const campaign = (...args: readonly string[]) => run(['scripts/campaign.ts', ...args]);

interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly { readonly fullName: string }[];
  }[];
}

/** Titles of the tests of some campaigns, with those of the groups they are in, by file; none of the tests is run. Their titles show what they would do. */
async function titles(campaigns: readonly Campaign[], size: number, seed: number): Promise<Map<string, string[]>> {
  const commands = campaigns.map((one) => vitestCommand(one, { size, seed }));
  const files = campaigns.flatMap((one) => one.files);
  const output = join(place.folder, `${campaigns[0]!.project}.json`);
  const args = [
    ...commands[0]!.args,
    ...files,
    '-t',
    'no test has this title',
    '--reporter=json',
    '--outputFile',
    output,
  ];
  await run(args, Object.assign({}, ...commands.map(({ env }) => env)));
  const report: Report = JSON.parse(readFileSync(output, 'utf8'));
  return new Map(
    report.testResults.map(({ name, assertionResults }) => [
      name.slice(PROJECT.length + 1),
      assertionResults.map(({ fullName }) => fullName),
    ]),
  );
}

describe('npm run campaign', () => {
  it('has names of its own, and files that are there', () => {
    const names = CAMPAIGNS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const file of CAMPAIGNS.flatMap(({ files }) => files))
      expect(existsSync(join(PROJECT, file)), file).toBe(true);
  });

  // Of those in workerd one is run: all of them take their size from the same place.
  it.each([
    ['Node', CAMPAIGNS.filter(({ project }) => project === 'node')],
    ['workerd', CAMPAIGNS.filter(({ name }) => name === 'clock')],
  ])('hands size and seed to the tests in %s', async (_, campaigns) => {
    const titlesByFile = await titles(campaigns, 1_234, 98_765);
    for (const file of campaigns.flatMap(({ files }) => files)) {
      const sized = titlesByFile.get(file)?.filter((title) => title.includes('1234') && title.includes('SEED=98765'));
      expect(sized ?? [], file).not.toEqual([]);
    }
  });

  it('enlarges only tests in workerd that let it', () => {
    for (const { files, variable } of CAMPAIGNS.filter(({ project }) => project === 'workerd')) {
      expect(variable).toBe('RUNS');
      for (const file of files) {
        const text = readFileSync(join(PROJECT, file), 'utf8');
        expect(text, file).toContain('propertyRuns(');
        expect(text, file).toContain('describeRuns(');
      }
    }
  });

  it('is in the README of tests, with its full size and how much of it npm test runs', () => {
    const shareIn = /(?:propertyRuns\(|process\.env\.(?:QUERIES|ROUNDS|RUNS) (?:\?\?|\|\|) )([\d_]+)/g;
    const show = (count: number) => count.toLocaleString('en-US');
    const rows = CAMPAIGNS.map(({ name, files, size }) => {
      const texts = files.map((file) => readFileSync(join(PROJECT, file), 'utf8'));
      const shares = texts.flatMap((text) =>
        [...text.matchAll(shareIn)].map(([, share]) => share!.replaceAll('_', '')),
      );
      return [`\`${name}\``, [...new Set(shares)].map((share) => show(Number(share))).join(', '), show(size)];
    });
    const told = readTableRows(readFileSync(join(PROJECT, 'tests/README.md'), 'utf8')).filter(
      ({ length }) => length === 4,
    );
    expect(told.map((row) => row.slice(0, 3))).toEqual(rows);
  });

  it('shows what there is', async () => {
    const { code, stdout } = await campaign('--list');
    expect(code).toBe(0);
    for (const { name, shows } of CAMPAIGNS) expect(stdout).toContain(`${name}\n  ${shows}\n`);
  });

  it('runs one, prints its seed, and ends with 0', async () => {
    const { code, stdout } = await campaign('clock', '--size', '20', '--seed', '5');
    expect(stdout).toMatch(/^campaign clock: 20 sequences of events, SEED=5\n/);
    expect(stdout).toMatch(/\ncampaign clock: passed after \d+ s\n$/);
    expect(code).toBe(0);
  });

  it.each([
    [[], /^error: Expected the name of a campaign, but got none\. --list shows them\./],
    [['nope'], new RegExp(`Allowed choices are ${CAMPAIGNS.map(({ name }) => name).join(', ')}\\.`)],
    [['kill', '--size', '0'], /Expected a whole number from 1 to/],
    [['kill', '--seed', 'x'], /Expected a whole number from 0 to/],
    [['kill', 'plans'], /too many arguments/],
  ])('refuses %j with one line and ends with 2', async (args, message) => {
    const { code, stderr } = await campaign(...args);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(code).toBe(2);
  });
});
