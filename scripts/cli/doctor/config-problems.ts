import type { Unstable_Config } from 'wrangler';

export function openDeveloperRole({ vars }: Unstable_Config): string[] {
  const value = vars.SHARDQL_DEVELOPMENT;
  if (value === undefined || value === '' || String(value) === 'false') return [];
  return [
    'vars.SHARDQL_DEVELOPMENT gives the developer role to everybody who reaches the Worker. Remove it: ' +
      'npm start and npm run dev set it by themselves.',
  ];
}

export function durableObjects(config: Unstable_Config): string[] {
  return ['SHARD', 'CATALOG'].flatMap((name) => {
    const binding = config.durable_objects.bindings.find((candidate) => candidate.name === name);
    if (!binding)
      return [`Expected a Durable Object binding ${name}, but found none. Add it to durable_objects.bindings.`];
    // A class of another Worker has its migrations there.
    if (binding.script_name !== undefined) return [];
    return [...missingSqlite(config, binding.class_name), ...deletedClass(config, binding.class_name)];
  });
}

function missingSqlite({ migrations }: Unstable_Config, className: string): string[] {
  const hasSqlite = migrations.some(
    (migration) =>
      migration.new_sqlite_classes?.includes(className) ||
      migration.renamed_classes?.some(({ to }) => to === className),
  );
  if (hasSqlite) return [];
  return [`Expected ${className} in new_sqlite_classes of a migration, but found it in none: it would have no SQLite.`];
}

function deletedClass({ migrations }: Unstable_Config, className: string): string[] {
  return migrations
    .filter((migration) => migration.deleted_classes?.includes(className))
    .map(
      ({ tag }) =>
        `Expected ${className} in deleted_classes of no migration, but found it in "${tag}": a deploy would delete all ` +
        'that its objects store. Take it out.',
    );
}

export function compatibilityDate({ compatibility_date: date }: Unstable_Config): string[] {
  return date === undefined
    ? ['Expected a compatibility_date, but found none: the runtime would behave as in 2021.']
    : [];
}
