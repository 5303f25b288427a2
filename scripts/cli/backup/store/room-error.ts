import { CliError } from '../../cli-error.ts';

/** Of SQLite, which has no path in its errors. */
const SQLITE_IOERR = 10;
const SQLITE_FULL = 13;
/** Of the system: no room on the disk, or no more for this user. */
const NO_ROOM: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** A failure to write a file of a backup, in the user's words; any other one as it is. */
export function toRoomError(error: unknown, folder: string): unknown {
  const { code, errcode, message } = error as { code?: unknown; errcode?: number; message?: string };
  // The lowest byte is the code, the others say more of it.
  const sqlite = (errcode ?? 0) & 0xff;
  if (NO_ROOM.has(code) || sqlite === SQLITE_FULL) {
    return new CliError(
      `Expected room for the files of a backup in ${folder}, but the disk is full. The backup before is as it was. Make room, and try again.`,
    );
  }
  if (sqlite !== SQLITE_IOERR) return error;
  return new CliError(
    `Expected to write the files of a backup in ${folder}, but got: ${message}. The backup before is as it was. Look at the disk.`,
  );
}
