/** What is wrong between an API and the Worker of its Durable Objects. */
import type { Unstable_Config } from 'wrangler';
import { bindingProblems } from '../../project/binding-problems.ts';
import { storageScript } from '../../project/storage-config.ts';
import type { Environment } from './project.ts';

/** Bindings that both need, and what comes of it if the shards lack one. */
const SHARED_BINDINGS = [
  {
    find: ({ kv_namespaces: namespaces }: Unstable_Config) => namespaces.find(({ binding }) => binding === 'KV')?.id,
    has: ({ kv_namespaces: namespaces }: Unstable_Config) => namespaces.some(({ binding }) => binding === 'KV'),
    name: 'the KV namespace KV',
    harm: 'cached answers would stay after writes',
  },
  {
    find: ({ r2_buckets: buckets }: Unstable_Config) =>
      buckets.find(({ binding }) => binding === 'LOG_ARCHIVE')?.bucket_name,
    has: ({ r2_buckets: buckets }: Unstable_Config) => buckets.some(({ binding }) => binding === 'LOG_ARCHIVE'),
    name: 'the R2 bucket LOG_ARCHIVE',
    harm: 'shards would archive nothing',
  },
] as const;

export function storageProblems({ config, storage }: Environment): string[] {
  const script = storageScript(config);
  if (script === null) return [];
  if (storage === null) {
    return [
      `Expected a configuration of the Worker ${script} beside this one, since SHARD names it as script_name, but found none.`,
    ];
  }
  return [
    ...otherScripts(config, script),
    ...bindingProblems(storage.config, storage.exports).map((problem) => `In ${storage.path}: ${problem}`),
    ...SHARED_BINDINGS.flatMap(({ has, find, name, harm }) => {
      if (has(config) && !has(storage.config)) {
        return [`Expected ${name} in ${storage.path} too, but found it in the API's configuration alone: ${harm}.`];
      }
      const [own, its] = [find(config), find(storage.config)];
      return own === its || !has(storage.config) || !has(config)
        ? []
        : [
            `Expected ${name} to be the same in ${storage.path} as in the API's configuration, but got ${its ?? 'none'} and ${own ?? 'none'}: ${harm}.`,
          ];
    }),
    ...maintenance(config, storage.config, storage.path),
  ];
}

function otherScripts({ durable_objects }: Unstable_Config, script: string): string[] {
  return durable_objects.bindings
    .filter(({ name }) => name === 'CATALOG' || name === 'MONITOR')
    .filter(({ script_name: own }) => own !== script)
    .map(
      ({ name, script_name: own }) =>
        `Expected script_name of the Durable Object binding ${name} to be "${script}", as that of SHARD is, but got ${own === undefined ? 'none' : `"${own}"`}.`,
    );
}

/** Shards that do not know of it serve a database that is being restored. */
function maintenance(api: Unstable_Config, storage: Unstable_Config, path: string): string[] {
  const [own, its] = [api, storage].map(({ vars }) => String(vars.SHARDQL_MAINTENANCE ?? 'false'));
  return own === its
    ? []
    : [
        `Expected SHARDQL_MAINTENANCE to be the same in ${path} as in the API's configuration, but got ${its} and ${own}.`,
      ];
}
