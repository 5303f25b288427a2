/** The views, in the order of the navigation. `key`: after `g`, leads there. */
export interface ViewEntry {
  /** First segment behind `#`. */
  readonly path: string;
  readonly title: string;
  readonly key: string;
  readonly group: 'Watch' | 'Rows' | 'Operate';
}

export const VIEWS: readonly ViewEntry[] = [
  { path: 'shards', title: 'Shards', key: 's', group: 'Watch' },
  { path: 'keys', title: 'API keys', key: 'k', group: 'Operate' },
  { path: 'access', title: 'Access rules', key: 'x', group: 'Operate' },
  { path: 'audit', title: 'Audit log', key: 'l', group: 'Operate' },
];
