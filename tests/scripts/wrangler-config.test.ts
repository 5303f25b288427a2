import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readWorkerOptions, readWranglerConfig } from '../../scripts/project/wrangler-config.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wrangler-config-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const config = () => join(folder, 'wrangler.toml');
const write = (greeting: string) =>
  writeFileSync(
    config(),
    `name = "api"
main = "worker.ts"
compatibility_date = "2026-10-01"
vars = { GREETING = "${greeting}" }
[env.staging]
vars = { GREETING = "${greeting} in staging" }`,
  );

/** Each question is asked twice: the second answer may be one that was kept. */
const twice = <T>(read: () => T): T => {
  const first = read();
  expect(read()).toEqual(first);
  return first;
};

describe('what is kept of a configuration', () => {
  it('is left when the file changes', () => {
    for (const greeting of ['hello', 'good day']) {
      write(greeting);
      expect(twice(() => readWranglerConfig(config())).vars).toEqual({ GREETING: greeting });
      expect(twice(() => readWorkerOptions(config())).workerOptions.bindings).toEqual({ GREETING: greeting });
    }
  });

  it('is of one environment, whoever names it', () => {
    write('hello');
    expect(twice(() => readWranglerConfig(config(), 'staging')).name).toBe('api-staging');
    expect(twice(() => readWranglerConfig(config(), '')).name).toBe('api');
    vi.stubEnv('CLOUDFLARE_ENV', 'staging');
    try {
      expect(twice(() => readWranglerConfig(config())).name).toBe('api-staging');
      expect(twice(() => readWranglerConfig(config(), '')).name).toBe('api');
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it('never has variables of development, which may be secret', () => {
    write('hello');
    twice(() => readWorkerOptions(config()));
    for (const secret of ['one', 'two']) {
      writeFileSync(join(folder, '.dev.vars'), `SECRET=${secret}`);
      expect(twice(() => readWorkerOptions(config())).workerOptions.bindings).toMatchObject({ SECRET: secret });
    }
  });

  it('is no error: what was wrong may be mended', () => {
    writeFileSync(config(), 'name = ');
    expect(() => readWranglerConfig(config())).toThrow();
    write('hello');
    expect(readWranglerConfig(config()).name).toBe('api');
  });
});
