import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { PackageLock } from '../../scripts/check/lock-file.ts';
import { lockProblems } from '../../scripts/check/lock-file.ts';

const lock = JSON.parse(readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8')) as PackageLock;
const withPackages = (changes: Record<string, object | undefined>): PackageLock => ({
  packages: Object.fromEntries(
    Object.entries({ ...lock.packages, ...changes }).filter(
      (entry): entry is [string, object] => entry[1] !== undefined,
    ),
  ),
});

describe('the lock file check', () => {
  it('has nothing to say about the lock file as it is', () => {
    expect(lockProblems(lock)).toEqual([]);
  });

  it.each(['graphql', 'workerd'])('finds a second copy of %s', (name) => {
    const place = `node_modules/miniflare/node_modules/${name}`;
    expect(lockProblems(withPackages({ [place]: {} }))).toEqual([
      `Expected one ${name} in package-lock.json, but got 2: node_modules/${name},${place}`,
    ]);
  });

  it.each([
    '@cloudflare/workerd-darwin-arm64',
    '@esbuild/win32-x64',
    '@biomejs/cli-linux-x64-musl',
    '@typescript/typescript-darwin-arm64',
  ])('finds the platform package %s missing', (name) => {
    expect(lockProblems(withPackages({ [`node_modules/${name}`]: undefined }))).toEqual([
      expect.stringContaining(`to hold ${name}`),
    ]);
  });

  it('accepts a platform package in the folder of the package that needs it', () => {
    const nested = { 'node_modules/a': { optionalDependencies: { b: '1' } }, 'node_modules/a/node_modules/b': {} };
    expect(lockProblems(withPackages(nested))).toEqual([]);
    expect(lockProblems(withPackages({ 'node_modules/a': { optionalDependencies: { b: '1' } } }))).toHaveLength(1);
  });

  it('finds an address that packages would be taken from', () => {
    const resolved = 'https://registry.example/graphql.tgz';
    expect(lockProblems(withPackages({ 'node_modules/graphql': { resolved } }))).toEqual([
      expect.stringContaining(resolved),
    ]);
  });
});
