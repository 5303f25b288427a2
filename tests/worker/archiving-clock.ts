/** How far the clock of `ArchivingShard` is ahead, in milliseconds. */
export const archivingClock = { aheadMs: 0 };
