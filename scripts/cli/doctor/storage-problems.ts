/** What is wrong between an API and the Worker of its Durable Objects. */
import type { Unstable_Config } from 'wrangler';
import { type PlaceEnv, placeProblems } from '../../../src/shards/place-settings.ts';
import { bindingProblems, bindingProblemsOf } from '../../project/binding-problems.ts';
import { storageScript } from '../../project/storage-config.ts';
import type { Environment, StorageEnvironment } from './project.ts';

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
  {
    find: () => undefined,
    has: ({ durable_objects: objects }: Unstable_Config) => objects.bindings.some(({ name }) => name === 'MONITOR'),
    name: 'the Durable Object binding MONITOR',
    harm: 'shards would report to nobody',
  },
] as const;

/** Durable Objects of the Worker of the shards. */
const OWN_OBJECTS: ReadonlySet<string> = new Set(['SHARD', 'CATALOG', 'MONITOR']);

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
    ...bindingProblemsOf(config, script, storage.exports),
    ...foreignObjects(storage),
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
    ...SAME_VARIABLES.flatMap((name) => otherVariable(name, config, storage)),
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

/** Shards have to ask the objects that the API asks. */
const foreignObjects = ({ path, config: { name: own, durable_objects: objects } }: StorageEnvironment): string[] =>
  objects.bindings
    .filter(({ script_name: script }) => script !== undefined && script !== own)
    .filter(({ name }) => OWN_OBJECTS.has(name))
    .map(
      ({ name, script_name: script }) =>
        `In ${path}: Expected no script_name of the Durable Object binding ${name}, but got "${script}": shards would ask objects of another Worker. Take it out.`,
    );

/** Shards that do not know of maintenance serve a database that is being restored; those of another place are others. */
const SAME_VARIABLES = ['SHARDQL_MAINTENANCE', 'SHARDQL_JURISDICTION', 'SHARDQL_LOCATION'] as const;

function otherVariable(
  name: (typeof SAME_VARIABLES)[number],
  api: Unstable_Config,
  { config, path }: StorageEnvironment,
): string[] {
  const [own, its] = [api, config]
    .map(({ vars }) => String(vars[name] ?? ''))
    .map((value) => (value === 'false' ? '' : value));
  return own === its
    ? []
    : [
        `Expected ${name} to be the same in ${path} as in the API's configuration, but got ${its || 'none'} and ${own || 'none'}.`,
      ];
}

export const placesOfObjects = ({ vars }: Unstable_Config): string[] => placeProblems(vars as PlaceEnv);
