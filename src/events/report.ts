import type { Event } from './event.ts';
import { type LoggedEvent, logEvent } from './log.ts';

export type Sink = (event: Event) => void;

/** Takes events, and never throws. */
export type Report<Reported extends Event = Event> = (event: Reported) => void;

/** Hands each event to every sink: one that fails neither fails what it was told of, nor keeps the others from it. */
export const createReport =
  (...sinks: readonly Sink[]): Report =>
  (event) => {
    for (const sink of sinks) {
      try {
        sink(event);
      } catch {
        // Nobody is left to tell.
      }
    }
  };

/** For places that count nothing: events that are counted need the reporter of what `/metrics` shows (`IsolateCache.report`). */
export const report: Report<LoggedEvent> = createReport(logEvent);
