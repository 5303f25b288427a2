import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { takeExclusiveLock } from '../project/exclusive-lock.ts';
import type { ProcessIdentity } from './process-identity.ts';
import { endProcess, identify } from './process-identity.ts';
import { StartError } from './start-error.ts';

/** Who uses a data folder; shown to a second process that wants to. */
interface Owner {
  readonly process: ProcessIdentity;
  readonly port: number;
  /** The runtime that has the folder's databases open; null until it started. */
  readonly workerd: ProcessIdentity | null;
}

/** A data folder with its one owner, who has locked `owner.lock`. `owner.json` beside it says who that is. */
export class DataFolder {
  readonly path: string;
  readonly #lock: DatabaseSync;
  readonly #port: number;

  private constructor(path: string, lock: DatabaseSync, port: number) {
    this.path = path;
    this.#lock = lock;
    this.#port = port;
  }

  /** Makes the folder if need be and becomes its owner; throws `StartError` that names the owner if there is one. */
  static async open(path: string, port: number): Promise<DataFolder> {
    const lock = takeLock(path);
    const folder = new DataFolder(path, lock, port);
    await endOrphan(path);
    folder.recordOwner(null);
    return folder;
  }

  /** Notes which runtime works for this owner, so that the next one can end it if nobody else does. */
  recordOwner(workerdPid: number | null): void {
    const owner: Owner = {
      process: identify(process.pid)!,
      port: this.#port,
      workerd: workerdPid === null ? null : identify(workerdPid),
    };
    // Replaced at once, never half-written: a crash leaves the one or the other.
    writeFileSync(`${ownerFile(this.path)}.tmp`, JSON.stringify(owner));
    renameSync(`${ownerFile(this.path)}.tmp`, ownerFile(this.path));
  }

  /** For the time after the runtime has ended. */
  close(): void {
    rmSync(ownerFile(this.path), { force: true });
    this.#lock.close();
  }
}

const ownerFile = (path: string): string => join(path, 'owner.json');

function takeLock(path: string): DatabaseSync {
  let lock: DatabaseSync | null;
  try {
    lock = takeExclusiveLock(join(path, 'owner.lock'));
  } catch (error) {
    throw new StartError(
      `Cannot use the data folder ${path}: ${(error as Error).message}. Choose another with --data.`,
    );
  }
  if (lock !== null) return lock;
  const owner = readOwner(path);
  const who = owner ? `process ${owner.process.pid}, which serves port ${owner.port}` : 'another process';
  throw new StartError(`The data folder ${path} is in use by ${who}. Stop it, or choose another folder with --data.`);
}

/** A runtime whose Node process was killed may still have the databases open. */
async function endOrphan(path: string): Promise<void> {
  const orphan = readOwner(path)?.workerd;
  if (!orphan || (await endProcess(orphan))) return;
  throw new StartError(`A runtime left behind (process ${orphan.pid}) holds ${path} and does not end. End it first.`);
}

function readOwner(path: string): Owner | null {
  try {
    return JSON.parse(readFileSync(ownerFile(path), 'utf8')) as Owner;
  } catch {
    return null;
  }
}
