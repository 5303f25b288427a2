import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { TableFile } from './table-files.ts';
import type { Totals } from './totals.ts';

/** How far one file is. */
export interface FileProgress {
  /** All rows that begin at or before this line are answered for. */
  readonly doneLine: number;
  readonly totals: Totals;
}

interface State {
  /** Tells the API what belongs to the import. */
  readonly importId: string;
  readonly rejectBytes: number;
  readonly files: Readonly<Record<string, FileProgress & { readonly bytes: number; readonly modifiedMs: number }>>;
}

const newState = (): State => ({ importId: randomUUID(), rejectBytes: 0, files: {} });

/**
 * Remembers, in the user's cache folder, how far the import of these files to this address is. It is written after
 * the API has answered for rows, so that an import that is killed repeats at most its last step; repeating is harmless.
 */
export class Checkpoint {
  readonly #path: string;
  #state: State;

  constructor(origin: string, files: readonly TableFile[], rejectsPath: string) {
    const identity = JSON.stringify([
      new URL(origin).origin,
      resolve(rejectsPath),
      ...files.map(({ path }) => resolve(path)),
    ]);
    const name = createHash('sha256').update(identity).digest('hex').slice(0, 16);
    this.#path = join(cacheFolder(), `import-${name}.json`);
    this.#state = read(this.#path) ?? newState();
  }

  /** An import was cut off. */
  get isResumed(): boolean {
    return Object.keys(this.#state.files).length > 0;
  }

  get importId(): string {
    return this.#state.importId;
  }

  /** Bytes of the reject file that are about rows answered for. */
  get rejectBytes(): number {
    return this.#state.rejectBytes;
  }

  /** Null: the file is not begun, or has changed since. */
  progressOf(file: TableFile): FileProgress | null {
    const known = this.#state.files[resolve(file.path)];
    return known && known.bytes === file.bytes && known.modifiedMs === file.modifiedMs ? known : null;
  }

  save(file: TableFile, progress: FileProgress, rejectBytes: number): void {
    const entry = { ...progress, bytes: file.bytes, modifiedMs: file.modifiedMs };
    this.#state = { ...this.#state, rejectBytes, files: { ...this.#state.files, [resolve(file.path)]: entry } };
    mkdirSync(cacheFolder(), { recursive: true });
    // A rename is all or nothing: no kill leaves half a state.
    writeFileSync(`${this.#path}.new`, JSON.stringify(this.#state));
    renameSync(`${this.#path}.new`, this.#path);
  }

  /** The import is complete, or starts over. */
  remove(): void {
    this.#state = newState();
    rmSync(this.#path, { force: true });
  }
}

const cacheFolder = (): string => join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'shardql');

function read(path: string): State | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    // No import was cut off; or its state cannot be read, and rows that are there are found equal.
    return null;
  }
}
