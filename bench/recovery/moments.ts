/** Clocks of shards may differ by 500 ms, and only what has passed on all of them is a moment of the past. */
const SETTLE_MS = 600;

/** A time that everything until now is before, and everything from now on after. */
export async function momentNow(): Promise<string> {
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS / 2));
  const moment = new Date().toISOString();
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  return moment;
}
