import type { Event } from './event.ts';
import { countEvent } from './event-counts.ts';
import { type LoggedEvent, logEvent } from './log.ts';

type Sink = (event: Event) => void;

/** Takes events, and never throws. */
export type Report<Reported extends Event = Event> = (event: Reported) => void;

/** Passes each event to every sink. A failing sink affects neither the reporter nor the other sinks. */
export const createReport =
  (...sinks: readonly Sink[]): Report =>
  (event) => {
    for (const sink of sinks) {
      try {
        sink(event);
      } catch {
        // There is no further place to report this to.
      }
    }
  };

/** Logs, and counts by type. What is counted by more than that needs the reporter of the isolate (`IsolateCache.report`). */
export const report: Report<LoggedEvent> = createReport(logEvent, countEvent);
