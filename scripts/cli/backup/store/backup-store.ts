import type { Manifest } from '../manifest.ts';

/**
 * Where a backup is kept: a folder, or a bucket. A file is there whole or not at all, under a name that is never used again, and the manifest
 * is replaced at once; so whoever reads has all files that it names, or learns that another backup has taken its place.
 */
export interface BackupStore {
  /** As its user calls it. */
  readonly address: string;
  /** Null: there is none. Throws `CliError` for one that cannot be read. */
  readManifest(): Promise<Manifest | null>;
  /** Makes a file readable on this machine. Throws {@link MissingFile} if it is not there. */
  open(file: string): Promise<LocalFile>;
  /**
   * Runs what makes a backup in the place of the one that is there. Where it fails, that one stays, and nothing else.
   *
   * @throws CliError if another one is being made there, or if there is something else.
   */
  replace<Result>(make: (writer: BackupWriter) => Promise<Result>): Promise<Result>;
}

/** A file for reading, on this machine. */
export interface LocalFile extends AsyncDisposable {
  readonly path: string;
}

export interface BackupWriter {
  /** The backup that is to be replaced; null: there is none. */
  readonly before: Manifest | null;
  /**
   * Makes a local file of that name, for its owner alone, in the place of one that was made before: a copy of one of {@link before}, or
   * empty. Gives its path. Throws {@link MissingFile}.
   */
  create(file: string, base: string | null): Promise<string>;
  /** The file is complete. It is durable when this resolves. */
  keep(file: string): Promise<void>;
  /** The manifest names only files that are kept. Others that backups have made are removed. */
  finish(manifest: Manifest): Promise<void>;
}

/** A file that a manifest names is not there. */
export class MissingFile extends Error {
  override readonly name = 'MissingFile';
}

/** Backups hold the rows of everybody. */
export const PRIVATE = 0o600;
export const PRIVATE_FOLDER = 0o700;
