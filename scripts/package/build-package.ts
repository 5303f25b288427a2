import { cpSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_FOLDER } from '../project/folders.ts';
import { compileSources } from './compile-sources.ts';
import { emitDeclarations } from './emit-declarations.ts';
import { installedCommands } from './installed-commands.ts';
import { packageManifest } from './package-manifest.ts';
import { sourceClosure } from './source-closure.ts';

/** Read as files while the package runs, or by who installs it. */
const COPIED = ['LICENSE', 'scripts/graphiql/page.txt', 'scripts/console/page.txt'];

/** Builds the package `shardql` into a folder, whose contents are replaced. Throws what the compilers say. */
export async function buildPackage(folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const { files, packages } = await sourceClosure();
  await Promise.all([compileSources(files, folder), emitDeclarations(folder)]);
  cpSync(join(PACKAGE_FOLDER, 'packages/shardql'), folder, { recursive: true });
  for (const path of COPIED) cpSync(join(PACKAGE_FOLDER, path), join(folder, path));
  writeGuide(folder);
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(packageManifest(packages), null, 2)}\n`);
}

/** The documentation, which GraphiQL shows and messages refer to. */
function writeGuide(folder: string): void {
  mkdirSync(join(folder, 'docs'));
  for (const name of globSync('*.md', { cwd: join(PACKAGE_FOLDER, 'docs') })) {
    const text = readFileSync(join(PACKAGE_FOLDER, 'docs', name), 'utf8');
    writeFileSync(join(folder, 'docs', name), installedCommands(text));
  }
}
