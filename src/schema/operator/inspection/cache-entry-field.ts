import { diesAt } from '../../../cache/entries/entry.ts';
import type { Verdict } from '../../../cache/entries/judge-entry.ts';
import type { InspectedEntry, InspectedStamp } from '../../../cache/reading/inspect-entries.ts';
import { inspectCache } from '../../../resolvers/operator/inspection/cache-entries.ts';
import type { ShardSnapshot } from '../../../shards/seen-versions.ts';
import { valueOfShardKey } from '../../../shards/shard-key.ts';
import { versionToMs, versionToText } from '../../../shards/version.ts';
import type { OperatorBuilder, OperatorField } from '../operator-builder.ts';

const VERDICTS: Readonly<Record<Verdict, readonly [name: string, description: string]>> = {
  fresh: ['FRESH', 'It is the answer.'],
  stale: ['STALE', 'It is the answer of a CACHED read, and is refreshed.'],
  dead: ['DEAD', 'Its life is over.'],
  'refused-by-stamp': ['REFUSED_BY_STAMP', 'Something that it depends on has changed since it was read, or may have.'],
  'refused-by-bound': ['REFUSED_BY_BOUND', 'It is older than the read allows.'],
  'refused-by-token': ['REFUSED_BY_TOKEN', 'It does not hold what the session has seen.'],
};

type Copy = NonNullable<InspectedEntry['kv']> & Partial<NonNullable<InspectedEntry['memory']>>;

/** `Query.cacheEntry`. */
export const cacheEntryField: OperatorField = (builder) => {
  const entry = declareEntry(builder);
  builder.queryField('cacheEntry', (t) =>
    t.field({
      type: [entry],
      nullable: true,
      description:
        'The cached entries that would answer a read now, up to 100, and what their judge says of them: one for a row, and one for each read of a query that can be told before it is run. ' +
        'One bulk get of KV for each read; no shard is asked, and nothing is counted as used, or removed. Memory is that of the isolate that answers.',
      args: {
        table: t.arg.string({ description: 'A row of this table, by its GraphQL type or its name in SQL, with `id`.' }),
        id: t.arg({ type: 'JSON', description: 'Primary key of the row, as in `by`.' }),
        shardKey: t.arg.id({ description: 'Of the row, unless its id says it.' }),
        nodeId: t.arg.id({ description: 'Instead of a table: a row of any by its global id.' }),
        query: t.arg.string({ description: 'Instead of a table: the reads of this query of `/graphql`.' }),
        variables: t.arg({ type: 'JSON', description: 'Of the query.' }),
        operationName: t.arg.string({ description: 'Of the query, where the document has several.' }),
        mode: t.arg.string({
          required: true,
          defaultValue: 'CACHED',
          description: 'How the read would be made: `CACHED`, `SESSION`, `BOUNDED` or `STRONG`.',
        }),
        maxStalenessMs: t.arg.int({ description: 'Bound of a `BOUNDED` read, in milliseconds. Default: none.' }),
      },
      resolve: (_, args, context) => inspectCache(args, context),
    }),
  );
};

function declareEntry(builder: OperatorBuilder) {
  const copy = declareCopy(builder);
  const stamp = builder.objectRef<InspectedStamp>('CacheStamp').implement({
    description: 'What an entry depends on: a table, or a part of its rows.',
    fields: (t) => ({
      table: t.exposeString('table', { description: 'GraphQL type of the table.' }),
      bucket: t.exposeInt('bucket', { nullable: true, description: 'The part of its rows, by a hash. Null: all.' }),
      lastChange: t.string({
        nullable: true,
        description: 'Version of the last change that has been published. Null: no stamps are in KV.',
        resolve: ({ lastChange }) => (lastChange === null ? null : versionToText(lastChange)),
      }),
      lastChangeAt: t.string({
        nullable: true,
        description: 'The same in ISO 8601. Null as above, or nothing has changed.',
        resolve: ({ lastChange }) => (lastChange ? new Date(versionToMs(lastChange)).toISOString() : null),
      }),
    }),
  });
  return builder.objectRef<InspectedEntry>('CacheEntry').implement({
    description: 'What a cached answer is kept as.',
    fields: (t) => ({
      kind: t.string({
        description: '`row`: one row, for all selections; `lookup`: rows with some values; `plan`: any other answer.',
        resolve: ({ key }) => key.kind,
      }),
      table: t.string({ description: 'GraphQL type of its own rows.', resolve: ({ key }) => key.table }),
      tables: t.stringList({ description: 'Of all rows that it depends on.', resolve: ({ key }) => [...key.tables] }),
      shardKey: t.string({
        nullable: true,
        description: 'Of its rows. Null: it is of all shards, and no stamps cover it.',
        resolve: ({ key }) => (key.shardKey === null ? null : valueOfShardKey(key.shardKey)),
      }),
      kvKey: t.exposeString('kvKey', { description: 'Its name in KV.' }),
      ttlSeconds: t.float({
        description: 'How long it counts as fresh, by the policies of now.',
        resolve: ({ key }) => key.life.ttlMs / 1_000,
      }),
      swrSeconds: t.float({
        description: 'How much longer CACHED reads may get it while it is refreshed.',
        resolve: ({ key }) => key.life.swrMs / 1_000,
      }),
      stamps: t.field({
        type: [stamp],
        description: 'What it is judged by. None: by its age alone.',
        resolve: ({ stamps }) => [...stamps],
      }),
      memory: t.field({
        type: copy,
        nullable: true,
        description: 'As this isolate has it in memory. Null: it has not.',
        resolve: ({ memory }) => memory,
      }),
      kv: t.field({
        type: copy,
        nullable: true,
        description: 'As KV has it. Null: it has not, does not answer, or is not bound.',
        resolve: ({ kv }) => kv,
      }),
    }),
  });
}

function declareCopy(builder: OperatorBuilder) {
  const verdict = builder.enumType('CacheVerdict', {
    description: 'Whether an entry may be the answer, and why not.',
    values: Object.fromEntries(
      Object.entries(VERDICTS).map(([value, [name, description]]) => [name, { value, description }]),
    ),
  });
  const snapshot = builder.objectRef<ShardSnapshot>('CacheSnapshot').implement({
    description: 'What an entry holds of a shard.',
    fields: (t) => ({
      shard: t.exposeString('shard', { description: 'Name of the shard.' }),
      asOf: t.string({
        description: 'Version up to which it holds all commits.',
        resolve: ({ asOf }) => versionToText(asOf),
      }),
      changed: t.string({
        description: 'Version of the last change of what it holds, as the shard knew it.',
        resolve: ({ changed }) => versionToText(changed),
      }),
    }),
  });
  return builder.objectRef<Copy>('CachedCopy').implement({
    description: 'An entry, as a store has it.',
    fields: (t) => ({
      verdict: t.field({
        type: verdict,
        description: 'What its judge says, by the stamps of now.',
        resolve: (each) => each.verdict,
      }),
      reason: t.string({ description: 'The same in words.', resolve: (each) => VERDICTS[each.verdict][1] }),
      readAt: t.string({
        description: 'When the shard was asked, by the clock of the isolate that did, in ISO 8601.',
        resolve: ({ entry }) => new Date(entry.at).toISOString(),
      }),
      ageMs: t.exposeFloat('ageMs', { description: 'How long ago that is, by the clock of this isolate.' }),
      diesAt: t.string({
        description: 'When its life is over, in ISO 8601.',
        resolve: ({ entry }) => new Date(diesAt(entry)).toISOString(),
      }),
      characters: t.int({ description: 'Length of the answer as JSON.', resolve: ({ entry }) => entry.text.length }),
      asOf: t.field({
        type: [snapshot],
        description: 'What it holds, by shard.',
        resolve: ({ entry }) => [...entry.snapshots],
      }),
      checkedAt: t.string({
        nullable: true,
        description:
          'In memory: when its stamps were last looked at. Readers do not look again for some seconds, even where the stamps of now would refuse it.',
        resolve: ({ checkedAtMs }) =>
          checkedAtMs === undefined || !Number.isFinite(checkedAtMs) ? null : new Date(checkedAtMs).toISOString(),
      }),
      isTraced: t.boolean({
        nullable: true,
        description:
          'In memory: its shard publishes what changes until it dies. Without that it is kept for some seconds alone.',
        resolve: ({ isTraced }) => isTraced ?? null,
      }),
    }),
  });
}
