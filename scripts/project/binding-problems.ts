/**
 * What a configuration binds to a Worker of ShardQL, compared with what that looks for (`src/http/env.ts`) and with the
 * classes that it exports. The platform notices these mistakes late, if at all, and not in words about the configuration.
 */
import type { Unstable_Config } from 'wrangler';

/** Durable Object bindings, and the class that each is for in what `createWorker` gives. */
const CLASS_BY_BINDING: ReadonlyMap<string, string> = new Map([
  ['SHARD', 'Shard'],
  ['CATALOG', 'Catalog'],
  ['MONITOR', 'Monitor'],
  ['RATE_LIMITER', 'RateLimiter'],
]);

const OPTIONAL_OBJECTS: ReadonlySet<string> = new Set(['MONITOR', 'RATE_LIMITER']);

/** Bindings and variables that may be left out, so that a misspelt one would just not be seen. */
const OPTIONAL = [
  'KV',
  'INVALIDATIONS',
  'LOG_ARCHIVE',
  'ASSETS',
  'RATE_LIMIT_ADDRESS',
  'RATE_LIMIT_CALLER',
  'RATE_LIMIT_CLAIM',
  'RATE_LIMIT_AUTHENTICATION',
  'SHARDQL_SHARDS',
  'ANALYTICS',
  'SHARDQL_AUDIT_SHARE',
  'SHARDQL_KV_DISTANCE_MS',
  'SHARDQL_OTLP_URL',
  'SHARDQL_OTLP_HEADERS',
  'SHARDQL_TRACE_RATIO',
  'SHARDQL_SERVICE_NAME',
  'SHARDQL_DEVELOPMENT',
  'SHARDQL_MAINTENANCE',
  'SHARDQL_JURISDICTION',
  'SHARDQL_LOCATION',
  'SHARDQL_OPERATOR_TOKEN',
];

/**
 * One sentence per mistake.
 *
 * @param exports names that the Worker's module exports; null where they are not known.
 */
export const bindingProblems = (config: Unstable_Config, exports: readonly string[] | null): string[] => [
  ...durableObjects(config, exports),
  ...migrations(config, exports),
  ...misspelt(config),
];

function durableObjects(config: Unstable_Config, exports: readonly string[] | null): string[] {
  const { bindings } = config.durable_objects;
  return [...CLASS_BY_BINDING.keys()].flatMap((name) => {
    const binding = bindings.find((candidate) => candidate.name === name);
    if (!binding) {
      if (OPTIONAL_OBJECTS.has(name)) return [];
      const near = bindings.find((candidate) => isNear(candidate.name, name));
      const found = near ? `${near.name}. Rename it.` : 'none. Add it to durable_objects.bindings.';
      return [`Expected a Durable Object binding ${name}, but found ${found}`];
    }
    const { class_name: className, script_name: script } = binding;
    // A class of another Worker is exported there, and has its migrations there.
    if (script !== undefined) return [];
    const wrong = wrongClass(name, className, exports);
    return wrong === null ? missingSqlite(config, className) : [wrong];
  });
}

/** The same of what is bound from another Worker: classes that it lacks, or that are another binding's. `exports`: names that its module exports. */
export const bindingProblemsOf = (
  { durable_objects: { bindings } }: Unstable_Config,
  script: string,
  exports: readonly string[],
): string[] =>
  bindings
    .filter(({ name, script_name: own }) => own === script && CLASS_BY_BINDING.has(name))
    .map(({ name, class_name: className }) => wrongClass(name, className, exports))
    .filter((problem) => problem !== null);

/** `exports`: of the Worker that the class is of; null: not known. */
function wrongClass(name: string, className: string, exports: readonly string[] | null): string | null {
  const usualClass = CLASS_BY_BINDING.get(name)!;
  if (exports && !exports.includes(className)) {
    const classes = exports.filter((exported) => exported !== 'default');
    return (
      `Expected class_name of the Durable Object binding ${name} to be a class that the Worker exports ` +
      `(${classes.length > 0 ? classes.join(', ') : 'it exports none'}), but got "${className}".` +
      (exports.includes(usualClass) ? ` Use "${usualClass}".` : '')
    );
  }
  return isOfOther(name, className)
    ? `Expected class_name of the Durable Object binding ${name} to be "${usualClass}", but got "${className}".`
    : null;
}

/** The class that is usually the other binding's. */
const isOfOther = (name: string, className: string): boolean =>
  [...CLASS_BY_BINDING].some(([other, usualClass]) => other !== name && usualClass === className);

function missingSqlite({ migrations }: Unstable_Config, className: string): string[] {
  const hasSqlite = migrations.some(
    (migration) =>
      migration.new_sqlite_classes?.includes(className) ||
      migration.renamed_classes?.some(({ to }) => to === className) ||
      migration.transferred_classes?.some(({ to }) => to === className),
  );
  if (hasSqlite) return [];
  const old = migrations.find((migration) => migration.new_classes?.includes(className));
  return [
    `Expected ${className} in new_sqlite_classes of a migration, but found it in ` +
      `${old ? `new_classes of "${old.tag}"` : 'none'}: it would have no SQLite.`,
  ];
}

function migrations({ migrations, durable_objects }: Unstable_Config, exports: readonly string[] | null): string[] {
  const own = durable_objects.bindings.filter((binding) => binding.script_name === undefined);
  const deleted = own.flatMap(({ class_name: className }) =>
    migrations
      .filter((migration) => migration.deleted_classes?.includes(className))
      .map(
        ({ tag }) =>
          `Expected ${className} in deleted_classes of no migration, but found it in "${tag}": a deploy would delete all ` +
          'that its objects store. Take it out.',
      ),
  );
  const gone = new Set(
    migrations.flatMap(({ deleted_classes = [], renamed_classes = [] }) => [
      ...deleted_classes,
      ...renamed_classes.map(({ from }) => from),
    ]),
  );
  const unknown = migrations.flatMap(({ tag, new_sqlite_classes = [], new_classes = [] }) =>
    [...new_sqlite_classes, ...new_classes]
      .filter((className) => exports && !exports.includes(className) && !gone.has(className))
      .map(
        (className) => `Expected classes that the Worker exports in the migration "${tag}", but got "${className}".`,
      ),
  );
  return [...deleted, ...unknown, ...repeatedTags(migrations)];
}

function repeatedTags(migrations: Unstable_Config['migrations']): string[] {
  const tags = migrations.map(({ tag }) => tag);
  const repeated = new Set(tags.filter((tag, index) => tags.indexOf(tag) !== index));
  return [...repeated].map(
    (tag) => `Expected each migration to have a tag of its own, but got "${tag}" more than once.`,
  );
}

function misspelt({ kv_namespaces, r2_buckets, queues, vars, ratelimits }: Unstable_Config): string[] {
  const names = [
    ...kv_namespaces.map(({ binding }) => binding),
    ...r2_buckets.map(({ binding }) => binding),
    ...(queues.producers ?? []).map(({ binding }) => binding),
    ...Object.keys(vars),
    ...(ratelimits ?? []).map(({ name }) => name),
  ];
  return names.flatMap((name) => {
    const meant = OPTIONAL.includes(name) ? undefined : OPTIONAL.find((known) => isNear(name, known));
    return meant !== undefined && !names.includes(meant)
      ? [`Expected a binding or variable ${meant}, but got ${name}, which nothing looks for. Rename it.`]
      : [];
  });
}

/** The same but for case, underscores and a letter or two at the end. */
function isNear(name: string, known: string): boolean {
  const [a, b] = [name, known].map((each) => each.replaceAll('_', '').toUpperCase()) as [string, string];
  return (a.startsWith(b) || b.startsWith(a)) && Math.abs(a.length - b.length) <= 2;
}
