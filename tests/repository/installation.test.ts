import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';

const PROJECT = join(import.meta.dirname, '../..');

/** What npm says of installing a package for a Node that nobody has. */
function installTooNew(npmrc: boolean): string {
  const folder = mkdtempSync(join(tmpdir(), 'shardql-install-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const root = { name: 'app', version: '1.0.0', dependencies: { modern: '1.0.0' } };
  const modern = { version: '1.0.0', engines: { node: '>=999' } };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(root));
  const lock = { ...root, lockfileVersion: 3, packages: { '': root, 'node_modules/modern': modern } };
  writeFileSync(join(folder, 'package-lock.json'), JSON.stringify(lock));
  if (npmrc) cpSync(join(PROJECT, '.npmrc'), join(folder, '.npmrc'));
  const env = Object.entries(process.env).filter(([name]) => !name.startsWith('npm_config_'));
  const { stdout, stderr } = spawnSync('npm', ['ci', '--dry-run', '--offline'], {
    cwd: folder,
    env: Object.fromEntries(env),
    encoding: 'utf8',
  });
  return `${stdout}${stderr}`;
}

it('does not warn of packages for a newer Node than npm runs on', () => {
  expect(installTooNew(false)).toContain('EBADENGINE');
  const output = installTooNew(true);
  expect(output).toContain('add modern 1.0.0');
  expect(output).not.toContain('warn');
});

it('says on which Node everything runs', () => {
  const output = execFileSync('npm', ['run', '--silent', 'postinstall'], { cwd: PROJECT, encoding: 'utf8' });
  expect(output).toMatch(
    /^npm scripts run on Node 24\.\d+\.\d+, which is installed here, whichever Node npm runs on\.\n$/,
  );
});
