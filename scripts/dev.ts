/**
 * `npm run dev`: `wrangler dev`, which reloads after each change. A Worker that throws when it loads, as one with a broken model
 * does, ends it; then it is started again as soon as a file has changed.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { awaitChange, awaitSoundProject } from './dev/await-sound-project.ts';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
const WRANGLER = join(dirname(createRequire(import.meta.url).resolve('wrangler/package.json')), 'bin/wrangler.js');

const args = process.argv.slice(2);
const configPath = resolve(configOption(args));
const folder = dirname(configPath);
let running: ChildProcess | null = null;
let isStopping = false;

for (const signal of SIGNALS) {
  process.on(signal, () => {
    if (running === null) process.exit(0);
    isStopping = true;
    running.kill(signal);
  });
}

let state = await awaitSoundProject(configPath);
for (;;) {
  const code = await runWrangler();
  if (code === 0 || isStopping) process.exit(0);
  console.error('\nwrangler dev has ended.');
  const then = state;
  // What is wrong with the project is told last, and waited for; anything else may go with the next change.
  state = await awaitSoundProject(configPath);
  if (state !== then) continue;
  await awaitChange(folder, state);
  state = await awaitSoundProject(configPath);
}

/** Gives its exit code; null if a signal has ended it. */
function runWrangler(): Promise<number | null> {
  const child = spawn(process.execPath, [WRANGLER, 'dev', '--var', 'SHARDQL_DEVELOPMENT:true', ...args], {
    stdio: 'inherit',
    // It would ask the network where it is.
    env: { CLOUDFLARE_CF_FETCH_ENABLED: 'false', ...process.env },
  });
  running = child;
  return new Promise((done) => {
    child.once('close', (code) => {
      running = null;
      done(code);
    });
  });
}

/** The configuration as wrangler finds it; all other options are its own to judge. */
function configOption(args: readonly string[]): string {
  const options = { config: { type: 'string', short: 'c', default: 'wrangler.toml' } } as const;
  return String(parseArgs({ args: [...args], options, strict: false }).values.config);
}
