/** Runs `npm run shardql -- …` as its users do. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const SHARDQL = join(import.meta.dirname, '../../scripts/shardql.ts');

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

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

  /** `watch` gets the process as soon as it runs. */
  run(
    args: readonly string[],
    watch: (child: ChildProcess) => void = () => {},
    variables: Readonly<Record<string, string>> = {},
  ): Promise<Outcome> {
    return new Promise((resolve) => {
      const env = { ...process.env, XDG_CACHE_HOME: join(this.folder, 'cache'), ...variables };
      const child = spawn(process.execPath, [SHARDQL, ...args], { cwd: this.folder, env });
      let stdout = '';
      let stderr = '';
      child.stdout.on('data', (chunk) => (stdout += chunk));
      child.stderr.on('data', (chunk) => (stderr += chunk));
      child.once('close', (code) => resolve({ code, stdout, stderr }));
      watch(child);
    });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
