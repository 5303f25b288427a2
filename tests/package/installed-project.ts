/** A project outside the repository that has the package installed from its tarball. All files of this folder share one installation. */
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buildPackage } from '../../scripts/package/build-package.ts';

export const REPOSITORY = join(import.meta.dirname, '../..');

export interface Finished {
  readonly status: number | null;
  readonly output: string;
}

export interface InstalledProject {
  readonly folder: string;
  /** Size of the package's tarball. */
  readonly tarballBytes: number;
  /** Copies files of the repository to the same places. */
  copy(...paths: readonly string[]): void;
  run(command: string, ...args: readonly string[]): Finished;
  remove(): void;
}

/** What a project installs beside the package, as the README says, in the versions of the repository. */
const BESIDE = ['drizzle-orm', 'graphql', 'typescript', '@cloudflare/workers-types'];

export async function installProject(): Promise<InstalledProject> {
  const root = mkdtempSync(join(tmpdir(), 'shardql-package-'));
  const [built, folder] = [join(root, 'built'), join(root, 'project')];
  await buildPackage(built);
  mkdirSync(folder);
  const { stdout } = spawnSync('npm', ['pack', '--json', '--pack-destination', root], { cwd: built, encoding: 'utf8' });
  const [packed] = Object.values(JSON.parse(stdout)) as { readonly filename: string; readonly size: number }[];
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8'));
  const versions = { ...dependencies, ...devDependencies };
  const project: InstalledProject = {
    folder,
    tarballBytes: packed!.size,
    copy: (...paths) => {
      for (const path of paths) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        cpSync(join(REPOSITORY, path), join(folder, path), { recursive: true });
      }
    },
    run: (command, ...args) => {
      const { status, stdout, stderr } = spawnSync(command, args, { cwd: folder, encoding: 'utf8' });
      return { status, output: `${stdout}${stderr}` };
    },
    remove: () => rmSync(root, { recursive: true, force: true, maxRetries: 5 }),
  };
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'project', private: true, type: 'module' }));
  const beside = BESIDE.map((name) => `${name}@${versions[name]}`);
  const tarball = join(root, packed!.filename);
  const { status, output } = await install(folder, [tarball, ...beside]);
  if (status !== 0) throw new Error(`Expected the package to be installed, but npm said: ${output}`);
  return project;
}

/** From npm's cache where that has them. */
function install(folder: string, packages: readonly string[]): Promise<Finished> {
  const args = [
    'install',
    '--save-exact',
    '--prefer-offline',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
    ...packages,
  ];
  const child = spawn('npm', args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, output }));
  });
}
