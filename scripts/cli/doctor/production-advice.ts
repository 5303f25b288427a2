/** Settings of the platform that a deployment for others mostly wants. */
import type { EnvironmentConfigs } from '../../project/environments.ts';

export function productionAdvice({ config, storage }: EnvironmentConfigs): string[] {
  const configs = [config, ...(storage ? [storage.config] : [])];
  return [
    ...((config.routes ?? []).length === 0 && config.route === undefined
      ? [
          'Consider a domain of your own (routes with custom_domain = true, and workers_dev = false): firewall and rate limits of an account do not reach workers.dev.',
        ]
      : []),
    ...configs
      .filter(({ observability }) => observability?.enabled !== true)
      .map(
        ({ name }) => `Consider [observability] with enabled = true for ${name}: without it nobody sees what it logs.`,
      ),
    ...(config.limits?.cpu_ms === undefined
      ? ['Consider [limits] with cpu_ms: without it each request may take 30 s of CPU, for which you pay.']
      : []),
  ];
}
