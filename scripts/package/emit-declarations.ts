import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { PACKAGE_FOLDER } from '../project/folders.ts';

/** The modules that are exported. */
const ENTRIES = ['src/index.ts', 'src/model-entry.ts'];

/** Specifiers of the project's own modules in declarations, `import("…")` types among them. */
const OWN_MODULE = /(\bfrom |\bimport |\bimport\()(['"])(\.{1,2}\/[^'"]+)\.ts\2/g;

/** Writes the declarations of the exported modules, and of what these mention. Throws what the compiler says. */
export async function emitDeclarations(folder: string): Promise<void> {
  const emitted = mkdtempSync(join(tmpdir(), 'shardql-types-'));
  try {
    const problems = await runCompiler(emitted);
    const paths = mentioned(emitted);
    requireNone(problems, paths, emitted);
    for (const path of paths) {
      const target = join(folder, relative(emitted, path));
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, readFileSync(path, 'utf8').replace(OWN_MODULE, '$1$2$3.js$2'));
    }
  } finally {
    rmSync(emitted, { recursive: true, force: true });
  }
}

/** Gives what it says: a line for each problem, with its file, relative to the repository. */
async function runCompiler(outDir: string): Promise<string[]> {
  const config = join(outDir, 'tsconfig.json');
  const compilerOptions = {
    noEmit: false,
    emitDeclarationOnly: true,
    declaration: true,
    outDir,
    rootDir: PACKAGE_FOLDER,
    // Those of the repository, though the configuration is elsewhere.
    typeRoots: [join(PACKAGE_FOLDER, 'node_modules/@types')],
    types: [join(PACKAGE_FOLDER, 'node_modules/@cloudflare/workers-types')],
  };
  const files = ENTRIES.map((path) => join(PACKAGE_FOLDER, path));
  writeFileSync(
    config,
    JSON.stringify({ extends: join(PACKAGE_FOLDER, 'tsconfig.json'), compilerOptions, files, include: [] }),
  );
  const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
  return await new Promise((done) => {
    execFile(process.execPath, [compiler, '-p', config, '--pretty', 'false'], { cwd: PACKAGE_FOLDER }, (_, stdout) =>
      done(stdout.split('\n').filter((line) => line !== '')),
    );
  });
}

/** What cannot be declared matters in the modules that users see: others have inferred types that nobody needs by name. */
function requireNone(problems: readonly string[], paths: ReadonlySet<string>, folder: string): void {
  const sources = new Set([...paths].map((path) => relative(folder, path).replace(/\.d\.ts$/, '.ts')));
  const seen = problems.filter((line) => {
    const file = /^(\S+?)\(/.exec(line)?.[1];
    return file === undefined || sources.has(file);
  });
  if (seen.length > 0) throw new Error(`The declarations cannot be made:\n${seen.join('\n')}`);
}

/** The entries' declarations, and all that these mention, directly or not. */
function mentioned(folder: string): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (path: string): void => {
    if (found.has(path)) return;
    found.add(path);
    for (const [, , , module] of readFileSync(path, 'utf8').matchAll(OWN_MODULE)) {
      visit(resolve(dirname(path), `${module}.d.ts`));
    }
  };
  for (const entry of ENTRIES) visit(join(folder, entry.replace(/\.ts$/, '.d.ts')));
  return found;
}
