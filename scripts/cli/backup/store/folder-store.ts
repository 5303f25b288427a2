import { closeSync, constants, existsSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { chmod, copyFile, open, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { CliError } from '../../cli-error.ts';
import { isShardFile, MANIFEST_FILE, type Manifest, parseManifest, toManifestText } from '../manifest.ts';
import {
  type BackupStore,
  type BackupWriter,
  type LocalFile,
  MissingFile,
  PRIVATE,
  PRIVATE_FOLDER,
} from './backup-store.ts';
import { toRoomError } from './room-error.ts';

/** Empty. While a backup is being made, its process has it locked: the system lets go of that however the process ends. */
const LOCK_FILE = '.backup.lock';
const SQLITE_BUSY = 5;
/** Of files that are not complete. */
const PART = '.part';

/** A backup in a folder, which is made there. */
export class FolderStore implements BackupStore {
  readonly address: string;

  constructor(folder: string) {
    this.address = folder;
  }

  async readManifest(): Promise<Manifest | null> {
    const path = join(this.address, MANIFEST_FILE);
    return existsSync(path) ? parseManifest(readFileSync(path, 'utf8'), path) : null;
  }

  async open(file: string): Promise<LocalFile> {
    const path = join(this.address, file);
    if (!existsSync(path)) throw new MissingFile(`Expected ${path}, but found none.`);
    return { path, async [Symbol.asyncDispose]() {} };
  }

  async replace<Result>(make: (writer: BackupWriter) => Promise<Result>): Promise<Result> {
    requireOwn(this.address);
    mkdirSync(this.address, { recursive: true, mode: PRIVATE_FOLDER });
    using _lock = lock(this.address);
    const before = await this.readManifest();
    removeRemains(this.address, before);
    try {
      return await make(new FolderWriter(this, before));
    } catch (error) {
      // What is in the way of a full disk above all. If the manifest has been replaced, its files stay.
      removeRemains(this.address, await this.readManifest());
      throw toRoomError(error, this.address);
    }
  }
}

class FolderWriter implements BackupWriter {
  readonly before: Manifest | null;
  readonly #store: FolderStore;
  readonly #folder: string;

  constructor(store: FolderStore, before: Manifest | null) {
    this.#store = store;
    this.#folder = store.address;
    this.before = before;
  }

  async create(file: string, base: string | null): Promise<string> {
    const path = join(this.#folder, `${file}${PART}`);
    await rm(path, { force: true });
    if (base === null) await writeFile(path, '', { flag: 'wx', mode: PRIVATE });
    else {
      await using from = await this.#store.open(base);
      await copyFile(from.path, path, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
      await chmod(path, PRIVATE);
    }
    return path;
  }

  async keep(file: string): Promise<void> {
    const path = join(this.#folder, file);
    await sync(`${path}${PART}`);
    await rename(`${path}${PART}`, path);
  }

  async finish(manifest: Manifest): Promise<void> {
    const path = join(this.#folder, MANIFEST_FILE);
    await writeFile(`${path}${PART}`, toManifestText(manifest), { flush: true, mode: PRIVATE });
    // The names of files that it relies on are in the folder's own blocks.
    await sync(this.#folder);
    await rename(`${path}${PART}`, path);
    await sync(this.#folder);
    removeRemains(this.#folder, manifest);
  }
}

async function sync(path: string): Promise<void> {
  await using handle = await open(path, 'r');
  await handle.sync();
}

function lock(folder: string): Disposable {
  const path = join(folder, LOCK_FILE);
  closeSync(openSync(path, 'a', PRIVATE));
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    // None that is a file beside it.
    database.exec('PRAGMA journal_mode = MEMORY');
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    const { errcode = 0, message } = error as Error & { readonly errcode?: number };
    throw new CliError(
      (errcode & 0xff) === SQLITE_BUSY
        ? `Expected a folder in which no other backup is being made, but got ${folder}. Wait for the other one.`
        : `Expected a lock file that SQLite has made, or none, but got ${path}: ${message}. Remove it.`,
    );
  }
  return database;
}

/** What is in the folder besides a backup may be somebody's work. */
function requireOwn(folder: string): void {
  const other = existsSync(folder)
    ? readdirSync(folder).find((name) => !isOurs(name) && name !== MANIFEST_FILE)
    : undefined;
  if (other === undefined) return;
  throw new CliError(`Expected a folder that is empty or has a backup, but found ${other} in ${folder}.`);
}

/** Files that no manifest names: of a backup that was cut off, or of the one before. */
function removeRemains(folder: string, manifest: Manifest | null): void {
  const named = new Set([LOCK_FILE, ...(manifest?.shards.map(({ file }) => file) ?? [])]);
  for (const name of readdirSync(folder))
    if (isOurs(name) && !named.has(name)) rmSync(join(folder, name), { force: true });
}

/** Files that backups write, the manifest aside. SQLite's own beside an unfinished one are among them. */
const isOurs = (name: string): boolean =>
  name === LOCK_FILE ||
  name === `${MANIFEST_FILE}${PART}` ||
  isShardFile(name.replace(/\.part(-journal|-wal|-shm)?$/, ''));
