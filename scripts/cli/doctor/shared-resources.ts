/** What one environment must not have in common with another: each would take the other's messages, or believe its stamps. */
import type { Unstable_Config } from 'wrangler';
import type { EnvironmentConfigs } from '../../project/environments.ts';

interface Resource {
  /** As a sentence has it: `the queue relay`. */
  readonly name: string;
  readonly harm: string;
}

const QUEUE_HARM = 'one would take the other’s messages';
const KV_HARM = 'one would answer with the other’s rows';

/** One sentence for each resource that two environments name. */
export function sharedResources(environments: readonly EnvironmentConfigs[]): string[] {
  const ownerByName = new Map<string, string>();
  return environments.flatMap((environment) => {
    const own = configLabel(environment);
    const resources = new Map(resourcesOf(environment).map((resource) => [resource.name, resource]));
    return [...resources.values()].flatMap(({ name, harm }) => {
      const other = ownerByName.get(name);
      if (other === undefined) ownerByName.set(name, own);
      return other === undefined ? [] : [`Expected ${own} to have its own, but got ${name} of ${other}: ${harm}.`];
    });
  });
}

/** Previews run beside production, on every branch. */
export function sharedWithPreviews({ config }: EnvironmentConfigs): string[] {
  const { previews } = config;
  const own = new Set([...namespacesOf(config), ...queuesOf(config)].map(({ name }) => name));
  const previewed = [
    ...namespacesOf({ kv_namespaces: previews?.kv_namespaces ?? [] }),
    ...queuesOf({ queues: previews?.queues ?? {} }),
    ...config.kv_namespaces.flatMap(({ preview_id: id }) => (id === undefined ? [] : [namespace(id)])),
  ];
  return previewed
    .filter(({ name }) => own.has(name))
    .map(({ name, harm }) => `Expected previews to have their own, but got ${name} of what they preview: ${harm}.`);
}

/** A Worker with Durable Objects of its own has no such addresses. */
export function addressesOfVersions({ config, storage }: EnvironmentConfigs): string[] {
  const hasAddresses = config.preview_urls ?? config.workers_dev ?? true;
  if (storage === null || !hasAddresses) return [];
  return [
    'Expected preview_urls = false, but got addresses for each version: they serve the rows of production past its domain, with that domain’s firewall and rate limits.',
  ];
}

const configLabel = ({ name }: EnvironmentConfigs): string =>
  name === null ? 'the default environment' : `env.${name}`;

const resourcesOf = ({ config, storage }: EnvironmentConfigs): Resource[] =>
  [config, ...(storage ? [storage.config] : [])].flatMap((each) => [
    { name: `the Worker ${each.name}`, harm: 'a deploy of one would replace the other' },
    ...namespacesOf(each),
    ...queuesOf(each),
    ...each.r2_buckets.map(({ bucket_name: bucket }) => ({
      name: `the R2 bucket ${bucket}`,
      harm: 'who empties one would lose the other’s archive',
    })),
    ...(each.ratelimits ?? []).map(({ namespace_id: id }) => ({
      name: `the rate limit namespace ${id}`,
      harm: 'requests to one would count against the other',
    })),
  ]);

const namespace = (id: string): Resource => ({ name: `the KV namespace ${id}`, harm: KV_HARM });

const namespacesOf = ({ kv_namespaces: namespaces }: Pick<Unstable_Config, 'kv_namespaces'>): Resource[] =>
  namespaces.flatMap(({ id }) => (id === undefined ? [] : [namespace(id)]));

function queuesOf({ queues }: Pick<Unstable_Config, 'queues'>): Resource[] {
  const consumers = queues.consumers ?? [];
  return [
    ...(queues.producers ?? []).map(({ queue }) => queue),
    ...consumers.flatMap(({ queue, dead_letter_queue: deadLetters }) => [queue, deadLetters]),
  ]
    .filter((queue) => queue !== undefined)
    .map((queue) => ({ name: `the queue ${queue}`, harm: QUEUE_HARM }));
}
