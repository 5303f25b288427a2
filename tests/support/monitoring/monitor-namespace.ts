import type { MonitorRpc } from '../../../src/shards/protocol/monitor-rpc.ts';

/** A binding `MONITOR` whose one object answers with these methods. */
export const monitorNamespace = (monitor: Partial<MonitorRpc>): DurableObjectNamespace =>
  ({ idFromName: (name: string) => ({ name }), get: () => monitor }) as unknown as DurableObjectNamespace;
