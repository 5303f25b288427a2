import { useEffect, useState } from 'preact/hooks';
import { isLive } from '../calls/live.ts';

interface Options {
  /** Go on where views are paused, too. Default: false. */
  readonly isAlways?: boolean;
}

/** The time, which goes on by steps of so many milliseconds, while views are live. */
export function useNow(everyMs: number, { isAlways = false }: Options = {}): number {
  const [now, setNow] = useState(Date.now());
  const live = isAlways || isLive.value;
  useEffect(() => {
    if (!live) return;
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs, live]);
  return now;
}
