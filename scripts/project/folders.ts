/**
 * Where ShardQL's own files are: in the repository, as TypeScript, or in a project's installed package, built. No other file derives that from
 * its own place. The project that a command works on is the working folder, as for wrangler: paths in options and their defaults
 * (`wrangler.toml`, `.shardql`) are relative to it.
 */
import { basename, dirname, extname, join, resolve } from 'node:path';

/** ShardQL's own folder: the repository, or `node_modules/shardql` of a project. */
export const PACKAGE_FOLDER = resolve(import.meta.dirname, '../..');

/** Installed from npm: JavaScript, without the demo. */
export const IS_INSTALLED = extname(import.meta.filename) === '.js';

/** One of ShardQL's source files, such as `scripts/start/watchdog.ts`, which is `.js` in the package. */
export const ownFile = (source: string): string =>
  join(PACKAGE_FOLDER, IS_INSTALLED ? source.replace(/\.tsx?$/, '.js') : source);

/** Keeps what is made once for an installation; goes with `node_modules`, so that a fresh install makes it again. */
export const CACHE_FOLDER = join(
  basename(dirname(PACKAGE_FOLDER)) === 'node_modules' ? dirname(PACKAGE_FOLDER) : join(PACKAGE_FOLDER, 'node_modules'),
  '.cache/shardql',
);

/** The demo's configuration, which only the repository has. */
export const DEMO_CONFIG = join(PACKAGE_FOLDER, 'wrangler.toml');

export const isDemo = (configPath: string): boolean => configPath === DEMO_CONFIG;
