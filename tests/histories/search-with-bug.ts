import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SeededBug } from './seeded-bugs.ts';

const PROJECT = join(import.meta.dirname, '../..');

/**
 * What a search finds in a copy of the sources with the bug; null: nothing.
 *
 * @param script of the search, which ends with 1 if it has found something.
 * @param folders that it needs besides those of all.
 */
export async function searchWith(
  { file, from, to }: SeededBug,
  script: string,
  args: readonly number[],
  folders: readonly string[] = [],
): Promise<string | null> {
  const copy = mkdtempSync(join(tmpdir(), 'shardql-bug-'));
  try {
    for (const folder of ['src', 'tests/histories', 'tests/support', ...folders])
      cpSync(join(PROJECT, folder), join(copy, folder), { recursive: true });
    cpSync(join(PROJECT, 'package.json'), join(copy, 'package.json'));
    symlinkSync(join(PROJECT, 'node_modules'), join(copy, 'node_modules'));
    const path = join(copy, 'src', file);
    writeFileSync(
      path,
      readFileSync(path, 'utf8').replace(from, () => to),
    );
    return await search(copy, script, args);
  } finally {
    rmSync(copy, { recursive: true });
  }
}

/** Events are in the output, too. */
const findIn = (output: string): string => output.split('\n').findLast((line) => line.startsWith('SEED=')) ?? output;

function search(folder: string, script: string, args: readonly number[]): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, ...args.map(String)], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve(code === 0 ? null : findIn(output)));
  });
}
