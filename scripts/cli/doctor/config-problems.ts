import type { Unstable_Config } from 'wrangler';

export function secretInFile({ vars }: Unstable_Config): string[] {
  if (vars.SHARDQL_OPERATOR_TOKEN === undefined) return [];
  return [
    'vars.SHARDQL_OPERATOR_TOKEN is a secret in a file that others read. Remove it, and set it with: npx wrangler secret put SHARDQL_OPERATOR_TOKEN',
  ];
}

export function openDeveloperRole({ vars }: Unstable_Config): string[] {
  const value = vars.SHARDQL_DEVELOPMENT;
  if (value === undefined || value === '' || String(value) === 'false') return [];
  return [
    'vars.SHARDQL_DEVELOPMENT gives the developer role to everybody who reaches the Worker. Remove it: ' +
      'npm start and npm run dev set it by themselves.',
  ];
}

export function compatibilityDate({ compatibility_date: date }: Unstable_Config): string[] {
  return date === undefined
    ? ['Expected a compatibility_date, but found none: the runtime would behave as in 2021.']
    : [];
}

export function missingBindings(config: Unstable_Config): string[] {
  const { kv_namespaces, queues, durable_objects, version_metadata: version } = config;
  const lacksKv = !kv_namespaces.some(({ binding }) => binding === 'KV');
  const lacksQueue = !(queues.producers ?? []).some(({ binding }) => binding === 'INVALIDATIONS');
  const lacksMonitor = !durable_objects.bindings.some(({ name }) => name === 'MONITOR');
  return [
    ...(lacksKv ? ['Consider a KV namespace KV: without one, each isolate caches for itself alone.'] : []),
    ...(lacksQueue ? ['Consider a queue INVALIDATIONS: without one, caches learn of changes up to 30 s late.'] : []),
    ...(lacksMonitor
      ? [
          'Consider a Durable Object MONITOR of the class Monitor: without one, nobody says when shards will be full, or which shard keys fill them.',
        ]
      : []),
    ...(version?.binding === 'CF_VERSION_METADATA'
      ? []
      : [
          'Consider [version_metadata] with the binding CF_VERSION_METADATA: without it, no alert can name the version that errors began with.',
        ]),
  ];
}
