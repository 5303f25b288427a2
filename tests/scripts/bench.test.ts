import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { floorsFor } from '../../bench/cells/floor-names.ts';

const PROJECT = join(import.meta.dirname, '../..');

const bench = (...args: readonly string[]): Promise<{ readonly code: number | null; readonly output: string }> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, ['bench/main.ts', ...args], { cwd: PROJECT });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    child.once('close', (code) => resolve({ code, output }));
  });

/** They start many servers, on whatever machine, beside other tests. */
const TIMEOUT_MS = 400_000;

const TINY = ['--scale', '0.02', '--rounds', '1', '--seconds', '0.1'];

describe.runIf(process.platform === 'linux' && availableParallelism() > 1)('npm run bench', () => {
  it('measures workloads after checking their answers, and relates them to their floors', {
    timeout: TIMEOUT_MS,
  }, async () => {
    const workloads = [
      'W1',
      'W1-exact-limits',
      'W2',
      'W3',
      'W4',
      'W6',
      'W6-rules',
      'W6-own',
      'W12',
      'W7-rules',
      'W8',
      'W9',
      'N1',
      'W11',
      'set-W13',
      'W13',
      'Q1',
    ];
    const { code, output } = await bench(...TINY, '--no-startup', '--no-cache', '--workloads', workloads.join());
    expect(output).toContain('goal W3: at most 2.5 × the hand-written plan');
    expect(output).toContain('goal W11: calls to shards: 1 per request: 1.00, held');
    expect(code).toBe(0);
    expect(output).toMatch(/^Question\n/);
    const names = [...output.matchAll(/^\| (\S+): .* \|$/gm)].map(([, name]) => name);
    const planned = ['W1', 'W2', 'W3', 'W4', 'W9', 'N1', 'Q1'];
    expect(names).toEqual([
      ...['plain', 'point-read'],
      ...workloads.flatMap((name) => (planned.includes(name) ? [`plan-${name}`, name] : [name])),
    ]);
    expect(output).toMatch(/^import: 4,\d{3} rows in /m);
  });

  it('measures a part of recovery instead, if asked to', { timeout: TIMEOUT_MS }, async () => {
    const { code, output } = await bench(...TINY, '--recovery', 'trim');
    expect(output).toMatch(/^goal trim: at most 2\.0 % of W6: \S+ % \(\S+ µs for each of \d+ rows of the log/m);
    expect(output).not.toContain('import:');
    expect(code).toBe(0);
  });

  it('measures with the named workloads what they are compared with', () => {
    const floors = ['plain', 'rpc', 'point-read', 'plan-W1', 'plan-W3'].map((name) => ({ name }));
    const namesFor = (...workloads: string[]) => floorsFor(workloads, floors).map(({ name }) => name);
    expect(namesFor('W1')).toEqual(['plain', 'point-read', 'plan-W1']);
    expect(namesFor('W2', 'rpc')).toEqual(['plain', 'rpc', 'point-read']);
    expect(namesFor()).toHaveLength(5);
  });

  it('says by package and function where a workload spends the CPU', { timeout: TIMEOUT_MS }, async () => {
    const { code, output } = await bench(...TINY, '--profile', '--workloads', 'W3');
    expect(output).toMatch(/^\| src\/resolvers +\| +\d/m);
    expect(output).toMatch(/^\| src\/shards\/server +\| +\d/m);
    expect(output).toMatch(/^\| \S+ src\/shards\/\S+\.ts:\d+ +\| +\d/m);
    expect(code).toBe(0);
  });

  it.each([
    [['--workloads', 'W1,W77'], 'but got W77'],
    [['--recovery', 'restore,undo'], 'Expected parts of restore, as-of, log, trim, backup, but got undo'],
    [['--rounds', '0'], 'Expected a number above 0'],
    [['--peers', '/'], 'Expected a folder with run.mjs, by --peers or SHARDQL_PEERS, but got "/".'],
    [['--rounds', '1.5'], 'Expected an integer above 0'],
  ])('refuses %j', async (args, message) => {
    const { code, output } = await bench(...args);
    expect(output).toContain(message);
    expect(code).toBe(1);
  });
});
