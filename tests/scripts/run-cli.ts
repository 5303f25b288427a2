/** Runs `npm run shardql -- …` as its users do, but for the process. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { runShardql } from '../../scripts/cli/run.ts';
import { canRunInProcess, type Outcome, runInProcess } from '../support/run-in-process.ts';

const SHARDQL = join(import.meta.dirname, '../../scripts/shardql.ts');

/** A folder of its own, in which commands run and keep their state. */
export class Workplace {
  readonly folder = mkdtempSync(join(tmpdir(), 'shardql-cli-'));

  /** Writes a file; gives its path. */
  write(name: string, text: string): string {
    const path = join(this.folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  }

  writeRows(name: string, rows: readonly (object | string)[]): string {
    return this.write(name, rows.map((row) => (typeof row === 'string' ? row : JSON.stringify(row))).join('\n'));
  }

  /** In the test's own process, unless `watch` wants to see one, or another command runs there. */
  run(
    args: readonly string[],
    watch?: (child: ChildProcess) => void,
    variables: Readonly<Record<string, string>> = {},
  ): Promise<Outcome> {
    const env = { ...process.env, XDG_CACHE_HOME: join(this.folder, 'cache'), ...variables };
    if (watch === undefined && canRunInProcess()) {
      return runInProcess(() => runShardql(args), { folder: this.folder, env });
    }
    return new Promise((resolve) => {
      const child = spawn(process.execPath, [SHARDQL, ...args], { cwd: this.folder, env });
      let stdout = '';
      let stderr = '';
      child.stdout.on('data', (chunk) => (stdout += chunk));
      child.stderr.on('data', (chunk) => (stderr += chunk));
      child.once('close', (code) => resolve({ code, stdout, stderr }));
      watch?.(child);
    });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
