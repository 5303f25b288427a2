import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CliError } from '../../cli-error.ts';
import { TemporaryFolder } from '../../temporary-folder.ts';
import { isShardFile, MANIFEST_FILE, type Manifest, parseManifest, toManifestText } from '../manifest.ts';
import { type BackupStore, type BackupWriter, type LocalFile, MissingFile, PRIVATE } from './backup-store.ts';
import type { R2Address } from './r2-address.ts';
import { toRoomError } from './room-error.ts';
import { S3Client } from './s3-client.ts';
import { S3Error } from './s3-error.ts';

/**
 * For how long a file that no manifest names may belong to a backup that is still being made, by another process on any machine. R2
 * drops uploads in parts that were not completed after as long.
 */
const UNFINISHED_MS = 7 * 24 * 3_600_000;

/** A manifest, and which one it is. */
interface FoundManifest {
  readonly manifest: Manifest;
  readonly etag: string;
}

/**
 * A backup in a bucket of R2. Files are on this machine while they are made or read, one at a time, in the folder for temporary files. Of two
 * backups that are made at the same time one is refused at its end: the manifest is replaced only if it is the one that was found at the beginning.
 */
export class R2Store implements BackupStore {
  readonly address: string;
  readonly #prefix: string;
  readonly #client: S3Client;

  constructor(address: string, { prefix, ...options }: R2Address) {
    this.address = address;
    this.#prefix = prefix;
    this.#client = new S3Client(options);
  }

  async readManifest(): Promise<Manifest | null> {
    return (await this.#told(() => this.#findManifest()))?.manifest ?? null;
  }

  async open(file: string): Promise<LocalFile> {
    const folder = new TemporaryFolder('shardql-backup-');
    try {
      const path = join(folder.path, file);
      await this.#told(() => this.#download(file, path));
      return { path, [Symbol.asyncDispose]: async () => folder[Symbol.dispose]() };
    } catch (error) {
      folder[Symbol.dispose]();
      throw toRoomError(error, tmpdir());
    }
  }

  async replace<Result>(make: (writer: BackupWriter) => Promise<Result>): Promise<Result> {
    return await this.#told(async () => {
      await this.#requireOwn();
      const found = await this.#findManifest();
      using folder = new TemporaryFolder('shardql-backup-');
      const kept = new Set<string>();
      const path = (file: string) => join(folder.path, file);
      try {
        return await make({
          before: found?.manifest ?? null,
          create: async (file, base) => {
            if (base === null) await writeFile(path(file), '', { mode: PRIVATE });
            else await this.#download(base, path(file));
            return path(file);
          },
          keep: async (file) => {
            kept.add(file);
            await this.#client.upload(path(file), this.#keyOf(file));
            await rm(path(file));
          },
          finish: async (manifest) => {
            await this.#replaceManifest(found, manifest);
            kept.clear();
            // The backup is complete. What is left goes with a later one.
            await this.#removeRemains(found?.manifest ?? null, manifest).catch(() => {});
          },
        });
      } catch (error) {
        // As far as R2 can be reached at all; else a later backup removes them.
        for (const file of kept) await this.#client.delete(this.#keyOf(file)).catch(() => {});
        throw toRoomError(error, tmpdir());
      }
    });
  }

  #keyOf(name: string): string {
    return `${this.#prefix}${name}`;
  }

  async #findManifest(): Promise<FoundManifest | null> {
    const found = await this.#client.getText(this.#keyOf(MANIFEST_FILE));
    return found && { manifest: parseManifest(found.text, `${this.address}/${MANIFEST_FILE}`), etag: found.etag };
  }

  async #download(file: string, path: string): Promise<void> {
    if (await this.#client.download(this.#keyOf(file), path)) return;
    throw new MissingFile(`Expected ${file} in ${this.address}, but found none.`);
  }

  async #replaceManifest(found: FoundManifest | null, manifest: Manifest): Promise<void> {
    const text = toManifestText(manifest);
    try {
      await this.#client.putText(this.#keyOf(MANIFEST_FILE), text, { etag: found?.etag ?? null });
    } catch (error) {
      if (!(error instanceof S3Error) || !CHANGED.has(error.code)) throw error;
      // The first attempt may have succeeded, and its answer been lost.
      if ((await this.#client.getText(this.#keyOf(MANIFEST_FILE)))?.text === text) return;
      throw new CliError(
        `Expected the backup before to stay until this one has ended, but another one took its place in ${this.address}. Make one backup at a time.`,
      );
    }
  }

  /** Of the backup before, and of those that were cut off long ago. */
  async #removeRemains(before: Manifest | null, { shards }: Manifest): Promise<void> {
    const named = new Set(shards.map(({ file }) => file));
    const replaced = new Set(before?.shards.map(({ file }) => file));
    const cutOffMs = Date.now() - UNFINISHED_MS;
    for (const { key, modifiedMs } of await this.#client.list(this.#prefix)) {
      const file = key.slice(this.#prefix.length);
      const isLeft = isShardFile(file) && !named.has(file) && (replaced.has(file) || modifiedMs < cutOffMs);
      if (isLeft) await this.#client.delete(key);
    }
  }

  /** What is there besides a backup may be somebody's work. */
  async #requireOwn(): Promise<void> {
    const names = (await this.#client.list(this.#prefix)).map(({ key }) => key.slice(this.#prefix.length));
    const other = names.find((name) => !isShardFile(name) && name !== MANIFEST_FILE);
    if (other === undefined) return;
    throw new CliError(
      `Expected a place that is empty or has a backup, but found ${other || 'an object without a name'} in ${this.address}.`,
    );
  }

  /** Failures in the user's words. */
  async #told<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      throw error instanceof S3Error ? this.#toCliError(error) : error;
    }
  }

  #toCliError({ code, status, message }: S3Error): CliError {
    const [bucket] = this.address.slice('r2://'.length).split('/');
    if (code === 'NoSuchBucket') {
      return new CliError(
        `Expected a bucket "${bucket}" in R2, but found none. Make it: npx wrangler r2 bucket create ${bucket}`,
      );
    }
    if (code === 'RequestTimeTooSkewed') {
      return new CliError(
        'Expected the clock of this machine to be right, but R2 refused the request for its time. Set the clock.',
      );
    }
    if (status === 401 || status === 403) {
      return new CliError(
        `Expected credentials that may read and write objects of "${bucket}", but R2 refused them (${code}). Look at AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and what their R2 API token may do.`,
      );
    }
    if (code === 'NoAnswer') {
      return new CliError(
        `Expected answers of R2, but got none: ${message}. Look at CLOUDFLARE_ACCOUNT_ID and AWS_ENDPOINT_URL_S3, and try again.`,
      );
    }
    return new CliError(`Expected R2 to do what it was asked for, but got ${code} (${status}): ${message}.`);
  }
}

/** What a conditional put is refused with. */
const CHANGED: ReadonlySet<string> = new Set(['PreconditionFailed', 'ConditionalRequestConflict']);
