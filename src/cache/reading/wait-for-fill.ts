import { type Timers, wait } from '../../lib/timers.ts';
import type { IsolateClock } from '../clock.ts';
import type { EntryKey } from '../entries/entry-key.ts';
import type { FillLeases } from './fill-leases.ts';

const FIRST_PAUSE_MS = 4;
const LONGEST_PAUSE_MS = 64;

/** Returns when nobody is fetching the answer any more: it is there, or could not be had, or took too long. */
export async function waitForFill(
  key: EntryKey,
  leases: FillLeases,
  clock: IsolateClock,
  timers: Timers,
): Promise<void> {
  for (
    let pauseMs = FIRST_PAUSE_MS;
    leases.isHeld(key, clock.now());
    pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)
  ) {
    await wait(timers, pauseMs);
  }
}
