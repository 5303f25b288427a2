import { returnEventCounts, takeEventCounts } from '../../events/event-counts.ts';
import { MONITOR_NAME, type MonitorRpc } from '../protocol/monitor-rpc.ts';

export interface MonitorEnv {
  /** Counts what happens. Optional: without it, events are in the log alone. */
  readonly MONITOR?: DurableObjectNamespace;
}

/** Reports events to the monitor; those it does not accept are sent with the next ones. Never rejects. */
export async function tellEvents({ MONITOR: monitors }: MonitorEnv): Promise<void> {
  if (!monitors) return;
  const events = takeEventCounts();
  if (Object.keys(events).length === 0) return;
  try {
    await (monitors.getByName(MONITOR_NAME) as unknown as MonitorRpc).reportEvents(events);
  } catch {
    returnEventCounts(events);
  }
}
