import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { findPackageJSON } from 'node:module';
import { join, relative } from 'node:path';
import { CONSOLE } from '../console/build-console.ts';
import { GRAPHIQL } from '../graphiql/build-graphiql.ts';
import { CACHE_FOLDER, PACKAGE_FOLDER } from '../project/folders.ts';

const CACHE = join(CACHE_FOLDER, 'pages');

/** How a page is built. */
export interface PageBuild {
  /** Files whose change makes it another build. */
  readonly sources: readonly string[];
  /** The same for the versions of these packages. */
  readonly packages: readonly string[];
  /** Writes all its files into a folder that is there. `page.txt` is the page itself. */
  build(folder: string): Promise<unknown>;
}

/** By the folder below `/_shardql/` that has its files. */
const PAGES: Readonly<Record<string, PageBuild>> = { console: CONSOLE, graphiql: GRAPHIQL };

export interface Pages {
  /** Folder of all builds: there before the builds are. */
  readonly cache: string;
  /** Name of the build's folder in it, by page. */
  readonly builds: Readonly<Record<string, string>>;
  readonly areBuilt: Promise<unknown>;
}

/** Builds each page once per version of its packages and sources; other work can go on meanwhile. */
export async function preparePages(): Promise<Pages> {
  await mkdir(CACHE, { recursive: true });
  const keyed = Object.entries(PAGES).map(async ([name, page]) => [name, `${name}-${await cacheKey(page)}`] as const);
  const builds = Object.fromEntries(await Promise.all(keyed));
  const areBuilt = Promise.all(
    Object.entries(PAGES).map(([name, page]) => buildInto(page, join(CACHE, builds[name]!))),
  );
  // A failure reaches those who await the builds; until then it must not count as unhandled.
  areBuilt.catch(() => {});
  return { cache: CACHE, builds, areBuilt };
}

async function buildInto({ build }: PageBuild, folder: string): Promise<void> {
  if (await exists(folder)) return;
  const draft = `${folder}.${process.pid}`;
  await mkdir(draft, { recursive: true });
  await build(draft);
  // Complete or absent, even if two starts build at the same time: the second rename fails, and the first is as good.
  await rename(draft, folder).catch(() => rm(draft, { recursive: true }));
}

async function cacheKey({ sources, packages }: PageBuild): Promise<string> {
  const hash = createHash('sha256');
  for (const path of [...sources].sort()) hash.update(relative(PACKAGE_FOLDER, path)).update(await readFile(path));
  for (const name of [...packages, 'esbuild']) hash.update(`${name}@${await versionOf(name)} `);
  return hash.digest('hex').slice(0, 16);
}

/** Of an installed package; null for one that only another one finds. */
async function versionOf(name: string): Promise<string | null> {
  const path = findPackageJSON(name, import.meta.url);
  return path === undefined ? null : JSON.parse(await readFile(path, 'utf8')).version;
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
