import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Position } from './reading/source-row.ts';
import { NOTHING, type Written } from './reject-file.ts';
import type { TableFile } from './table-files.ts';
import type { Totals } from './totals.ts';

/** How far one file is. */
export interface FileProgress {
  /** All rows before it are answered for. */
  readonly next: Position;
  /** Nothing is left to be read. */
  readonly isDone: boolean;
  /** SHA-256 of what was read before `next`, or of all if `isDone`: the position is worth something in this file alone. */
  readonly sha256: string;
  /** Size of the file, and when it was changed, at that time. */
  readonly bytes: number;
  readonly modifiedMs: number;
  readonly totals: Totals;
  /** The last row that got in, as JSON text; null: none that is short enough. */
  readonly lastRow: string | null;
}

/** How far the rows are that wait for their parents: see `retryOrphans`. */
export interface RetryProgress {
  readonly round: number;
  /** Rows of the round's file before this offset are answered for. */
  readonly offset: number;
  /** Some row of the round got in. */
  readonly isProgress: boolean;
}

export interface ImportState {
  /** Form of this state; another one is not read. */
  readonly form: typeof FORM;
  /** Tells the API what belongs to the import. */
  readonly importId: string;
  /** Session token of the last answer. */
  readonly token: string | null;
  readonly rejects: Written;
  /** The files of orphans of the round and of the next one. */
  readonly orphans: readonly [Written, Written];
  readonly retry: RetryProgress;
  readonly files: Readonly<Record<string, FileProgress>>;
}

const FORM = 2;

const newState = (): ImportState => ({
  form: FORM,
  importId: randomUUID(),
  token: null,
  rejects: NOTHING,
  orphans: [NOTHING, NOTHING],
  retry: { round: 0, offset: 0, isProgress: false },
  files: {},
});

/**
 * Remembers, in the user's cache folder, how far the import of these files to this address is. It is written after
 * the API has answered for rows, so that an import that is killed repeats at most its last step; repeating is harmless.
 */
export class Checkpoint {
  readonly #path: string;
  readonly #isKept: boolean;
  #state: ImportState;

  /** @param isKept false: nothing is remembered. */
  constructor(origin: string, files: readonly TableFile[], rejectsPath: string, isKept: boolean) {
    const identity = JSON.stringify([origin, resolve(rejectsPath), ...files.map(({ path }) => resolve(path))]);
    const name = createHash('sha256').update(identity).digest('hex').slice(0, 16);
    this.#path = join(cacheFolder(), `import-${name}`);
    this.#isKept = isKept;
    // Rows that wait for their parents are written there before there is a state to save.
    if (isKept) mkdirSync(cacheFolder(), { recursive: true });
    this.#state = (isKept && read(this.#statePath)) || newState();
  }

  /** An import was cut off. */
  get isResumed(): boolean {
    return Object.keys(this.#state.files).length > 0;
  }

  get state(): ImportState {
    return this.#state;
  }

  progressOf(file: TableFile): FileProgress | null {
    return this.#state.files[resolve(file.path)] ?? null;
  }

  /** Path of the rows that are to be tried again in a round. */
  orphansPath(round: number): string {
    return `${this.#path}.orphans-${round}.ndjson`;
  }

  save(
    changes: Partial<Omit<ImportState, 'form' | 'importId' | 'files'>>,
    progress: ReadonlyMap<TableFile, FileProgress>,
  ): void {
    const files = { ...this.#state.files };
    for (const [file, each] of progress) files[resolve(file.path)] = each;
    this.#state = { ...this.#state, ...changes, files };
    if (!this.#isKept) return;
    // A rename is all or nothing: no kill leaves half a state.
    writeFileSync(`${this.#statePath}.new`, JSON.stringify(this.#state));
    renameSync(`${this.#statePath}.new`, this.#statePath);
  }

  /** The import is complete, or starts over. */
  remove(): void {
    if (this.#isKept) this.#forget();
    this.#state = newState();
  }

  #forget(): void {
    rmSync(this.#statePath, { force: true });
    for (let round = 0; round <= this.#state.retry.round + 1; round++) rmSync(this.orphansPath(round), { force: true });
  }

  get #statePath(): string {
    return `${this.#path}.json`;
  }
}

const cacheFolder = (): string => join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'shardql');

function read(path: string): ImportState | null {
  try {
    const state: ImportState = JSON.parse(readFileSync(path, 'utf8'));
    return state.form === FORM ? state : null;
  } catch {
    // No import was cut off; or its state cannot be read, and rows that are there are found equal.
    return null;
  }
}
