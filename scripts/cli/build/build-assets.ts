import { cp, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { type Pages, preparePages } from '../../pages/prepare-pages.ts';
import { readDeployment } from '../../project/deployment.ts';
import { CliError } from '../cli-error.ts';

/** Below the folder of static files. */
const FOLDER = '_shardql';

/** What a configuration needs for it. */
const LINES = `[assets]
directory = "public"
binding = "ASSETS"`;

/**
 * Puts the pages among the static files of a deployment, and says what it has done. Throws `CliError` if the configuration has no folder
 * for such files, or does not bind it.
 *
 * @param env an environment of wrangler; empty: none.
 */
export async function buildAssets(configPath: string, env: string): Promise<string> {
  const { api } = readDeployment(configPath, env);
  const { assets } = api.config;
  if (assets?.directory === undefined) {
    throw new CliError(`Expected a folder of static files in ${api.path}, but found none. Add:\n\n${LINES}`);
  }
  if (assets.binding !== 'ASSETS') {
    throw new CliError(
      `Expected assets.binding in ${api.path} to be "ASSETS", but got ${JSON.stringify(assets.binding)}: the Worker would not find the pages.`,
    );
  }
  const folder = resolve(dirname(api.path), assets.directory, FOLDER);
  const pages = await preparePages();
  await pages.areBuilt;
  await replaceFolder(folder, pages);
  const [files, bytes] = await sizeOf(folder);
  return `${relative(process.cwd(), folder)}: GraphiQL and the console, ${files} files, ${(bytes / 1e6).toFixed(1)} MB`;
}

/** The pages whose files are among the static files have all of them, or none: an upload meanwhile finds no half. */
async function replaceFolder(folder: string, { cache, builds }: Pages): Promise<void> {
  const draft = `${folder}.${process.pid}`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true });
  for (const [page, build] of Object.entries(builds)) {
    await cp(join(cache, build), join(draft, page), { recursive: true });
  }
  await rm(folder, { recursive: true, force: true });
  await rename(draft, folder);
}

async function sizeOf(folder: string): Promise<[files: number, bytes: number]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(files.map(async ({ parentPath, name }) => (await stat(join(parentPath, name))).size));
  return [files.length, sizes.reduce((sum, size) => sum + size, 0)];
}
