import { physicalHash } from '../../../src/model/physical.ts';
import { missingIndexes } from './missing-indexes.ts';
import type { Project } from './project.ts';

export interface Check {
  readonly name: string;
  /** What is wrong and what to do, one line each; empty: nothing. */
  run(project: Project): readonly string[];
}

/** Everything that the doctor looks at. */
export const CHECKS: readonly Check[] = [
  { name: 'no open developer role', run: openDeveloperRole },
  { name: 'Durable Objects', run: durableObjects },
  { name: 'compatibility date', run: compatibilityDate },
  { name: 'dead-letter queues', run: deadLetterQueues },
  { name: 'migrations', run: migrations },
  { name: 'indexes of relations', run: ({ model }) => missingIndexes(model) },
];

function openDeveloperRole({ config }: Project): string[] {
  const value = config.vars.SHARDQL_DEVELOPMENT;
  if (value === undefined || value === '' || String(value) === 'false') return [];
  return [
    'vars.SHARDQL_DEVELOPMENT gives the developer role to everybody who reaches the Worker. Remove it: ' +
      'npm start and npm run dev set it by themselves.',
  ];
}

function durableObjects({ config }: Project): string[] {
  return ['SHARD', 'CATALOG'].flatMap((name) => {
    const binding = config.durable_objects.bindings.find((candidate) => candidate.name === name);
    if (!binding)
      return [`Expected a Durable Object binding ${name}, but found none. Add it to durable_objects.bindings.`];
    // A class of another Worker has its migrations there.
    if (binding.script_name !== undefined || hasSqlite(config, binding.class_name)) return [];
    return [
      `Expected ${binding.class_name} in new_sqlite_classes of a migration, but found it in none: it would have no SQLite.`,
    ];
  });
}

const hasSqlite = ({ migrations }: Project['config'], className: string): boolean =>
  migrations.some(
    (migration) =>
      migration.new_sqlite_classes?.includes(className) ||
      migration.renamed_classes?.some(({ to }) => to === className),
  );

function compatibilityDate({ config }: Project): string[] {
  return config.compatibility_date === undefined
    ? ['Expected a compatibility_date, but found none: the runtime would behave as in 2021.']
    : [];
}

function deadLetterQueues({ config }: Project): string[] {
  return (config.queues.consumers ?? [])
    .filter((consumer) => consumer.dead_letter_queue === undefined)
    .map(
      ({ queue }) =>
        `Expected a dead_letter_queue of the consumer of ${queue}, but found none: messages that fail would be lost.`,
    );
}

function migrations({ model, bundle }: Project): string[] {
  if (bundle === null) return ['Expected migrations beside the model, but found none. Run npm run db:generate.'];
  if (bundle.physicalHash === physicalHash(model)) return [];
  return ['Expected migrations that lead to the model as it is, but it was changed since. Run npm run db:generate.'];
}
