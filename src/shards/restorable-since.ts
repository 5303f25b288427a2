import { type Version, versionToMs } from './version.ts';

/**
 * The earliest time to whose state rows can be taken back, in milliseconds since 1970; null: any, as nothing is trimmed.
 *
 * @param version of the last commit that the log does not have any more; 0: it has all.
 */
export const restorableSinceMs = (version: Version): number | null => (version === 0 ? null : versionToMs(version) + 1);
