/** The views, in the order of the navigation. `key`: after `g`, leads there. */
export interface ViewEntry {
  /** First segment behind `#`. */
  readonly path: string;
  readonly title: string;
  readonly key: string;
  readonly group: 'Watch' | 'Rows' | 'Operate';
}

export const VIEWS: readonly ViewEntry[] = [
  { path: '', title: 'Overview', key: 'o', group: 'Watch' },
  { path: 'shards', title: 'Shards', key: 's', group: 'Watch' },
  { path: 'operations', title: 'Operations', key: 'p', group: 'Watch' },
  { path: 'alerts', title: 'Alerts', key: 'a', group: 'Watch' },
  { path: 'advice', title: 'Advice', key: 'v', group: 'Watch' },
  { path: 'data', title: 'Data', key: 'd', group: 'Rows' },
  { path: 'tenants', title: 'Shard keys', key: 't', group: 'Rows' },
  { path: 'changes', title: 'Changes', key: 'c', group: 'Rows' },
  { path: 'cache', title: 'Cache', key: 'i', group: 'Rows' },
  { path: 'recovery', title: 'Restore and undo', key: 'r', group: 'Operate' },
  { path: 'backups', title: 'Backups', key: 'b', group: 'Operate' },
  { path: 'migrations', title: 'Migrations', key: 'm', group: 'Operate' },
  { path: 'queue', title: 'Dead letters', key: 'q', group: 'Operate' },
  { path: 'keys', title: 'Keys and sessions', key: 'k', group: 'Operate' },
  { path: 'access', title: 'Access rules', key: 'x', group: 'Operate' },
  { path: 'audit', title: 'Audit log', key: 'l', group: 'Operate' },
];
