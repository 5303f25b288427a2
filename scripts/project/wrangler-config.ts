/**
 * Configurations as wrangler reads them. To load wrangler takes a second of CPU, half of a start: what it made of a file is kept
 * beside the project's packages, and taken from there as long as neither it nor wrangler has changed.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import type { Unstable_Config, Unstable_MiniflareWorkerOptions } from 'wrangler';
import { CACHE_FOLDER } from './folders.ts';
import { loadWrangler } from './load-wrangler.ts';

const CACHE = join(CACHE_FOLDER, 'wrangler');
const MAX_KEPT = 200;

/** Variables of a Worker's development, which wrangler reads beside its configuration. */
const VARIABLES_FILE = /^\.(?:dev\.vars|env)(?:\..*)?$/;

/**
 * Throws wrangler's own errors.
 *
 * @param env an environment; empty: none, also where CLOUDFLARE_ENV names one. Left out: the one that CLOUDFLARE_ENV names.
 */
export const readWranglerConfig = (path: string, env?: string): Unstable_Config =>
  remembered(path, ['config', env], () =>
    loadWrangler().unstable_readConfig({ config: path, env }, { hideWarnings: true }),
  );

/**
 * What Miniflare runs the Worker with, variables of its development included, which may be secret: then nothing is kept. Throws
 * wrangler's own errors.
 */
export function readWorkerOptions(path: string): Unstable_MiniflareWorkerOptions {
  const read = () => loadWrangler().unstable_getMiniflareWorkerOptions(path);
  return hasVariables(dirname(resolve(path))) ? read() : remembered(path, ['options'], read);
}

const hasVariables = (folder: string): boolean =>
  process.env.CLOUDFLARE_INCLUDE_PROCESS_ENV === 'true' || listFolder(folder).some((name) => VARIABLES_FILE.test(name));

/** The answer goes through JSON, kept or not, so that it is the same. */
function remembered<T>(path: string, question: readonly (string | undefined)[], read: () => T): T {
  const key = keyOf(path, question);
  const known = readText(join(CACHE, key));
  if (known) return JSON.parse(known) as T;
  const text = JSON.stringify(read());
  keep(key, text);
  return JSON.parse(text) as T;
}

function keyOf(path: string, question: readonly (string | undefined)[]): string {
  const parts = [
    wranglerVersion(),
    resolve(path),
    readText(path),
    process.cwd(),
    process.env.CLOUDFLARE_ENV,
    ...question,
  ];
  return `${createHash('sha256').update(JSON.stringify(parts)).digest('hex')}.json`;
}

const wranglerVersion = (): string => createRequire(import.meta.url)('wrangler/package.json').version;

/** Without a word where it cannot be written: then the next start reads again. */
function keep(key: string, text: string): void {
  try {
    mkdirSync(CACHE, { recursive: true });
    const unfinished = join(CACHE, `${key}.${process.pid}`);
    writeFileSync(unfinished, text, { mode: 0o600 });
    renameSync(unfinished, join(CACHE, key));
    forgetOldest();
  } catch {}
}

function forgetOldest(): void {
  const kept = readdirSync(CACHE);
  if (kept.length <= MAX_KEPT) return;
  const byAge = kept.map((name) => ({ path: join(CACHE, name), time: statSync(join(CACHE, name)).mtimeMs }));
  byAge.sort((a, b) => a.time - b.time);
  for (const { path } of byAge.slice(0, MAX_KEPT / 2)) rmSync(path, { force: true });
}

function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
