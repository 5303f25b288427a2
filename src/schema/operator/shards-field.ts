import { CAPACITY_LEVELS, type CapacityLevel, type ShardCapacity } from '../../shards/capacity.ts';
import { restorableSinceMs } from '../../shards/restorable-since.ts';
import { valueOfShardKey } from '../../shards/shard-key.ts';
import { placeOfShard } from '../../shards/shard-place.ts';
import type { ShardView } from '../../shards/shard-view.ts';
import { versionToMs, versionToText } from '../../shards/version.ts';
import type { OperatorBuilder, OperatorField } from './operator-builder.ts';

const toIso = (ms: number | null | undefined): string | null => (ms == null ? null : new Date(ms).toISOString());

const LEVELS: Readonly<Record<CapacityLevel, string>> = {
  OK: 'It has less than `warnBytes`.',
  WARN: 'It has `warnBytes`.',
  PLAN: 'It has `planBytes`: time to plan for more shards.',
  FULL: 'It has `fullBytes`, and takes no more rows.',
};

/** `Query.shards`. */
export const shardsField: OperatorField = (builder) => {
  const level = builder.enumType('CapacityLevel', {
    description: 'How full a shard is: by `warnBytes`, `planBytes` and `fullBytes` of the setting `capacity`.',
    values: Object.fromEntries(CAPACITY_LEVELS.map((value) => [value, { value, description: LEVELS[value] }])),
  });
  const largeShardKey = largeShardKeyType(builder);
  const tableRows = builder.objectRef<{ readonly table: string; readonly rows: number }>('TableRows').implement({
    fields: (t) => ({
      table: t.exposeString('table', { description: 'Its GraphQL type.' }),
      rows: t.exposeFloat('rows', { description: 'How many there are.' }),
    }),
  });
  const shard = builder.objectRef<ShardView>('Shard').implement({
    description:
      'A shard, as it was when it last reported; where it was asked, as it is. All but its name and slots is null where it has not reported yet, or no `MONITOR` is bound.',
    fields: (t) => ({
      name: t.exposeString('shard', { description: 'As in `shard-0`.' }),
      slots: t.int({
        description:
          'How many it owns: of the 16,384 that all shard keys are in, and one for each shard key that was placed here.',
        resolve: ({ slots }) => slots.reduce((sum, [first, last]) => sum + last - first + 1, 0),
      }),
      slotRanges: t.field({
        type: t.listRef(t.listRef('Int')),
        description:
          'The first and the last slot of each range that it owns. Slots beyond the 16,384 are those of shard keys that were placed here.',
        resolve: ({ slots }) => slots.map(([first, last]) => [first, last]),
      }),
      jurisdiction: t.string({
        nullable: true,
        description: 'That it was made in for shard keys that were placed. Null: that of the deployment.',
        resolve: ({ shard: name }) => placeOfShard(name)?.jurisdiction ?? null,
      }),
      location: t.string({
        nullable: true,
        description: 'Near which it was to be made for shard keys that were placed. Null: that of the deployment.',
        resolve: ({ shard: name }) => placeOfShard(name)?.location ?? null,
      }),
      asOf: t.string({
        nullable: true,
        description: 'When it was so, in ISO 8601.',
        resolve: ({ atMs }) => toIso(atMs),
      }),
      migration: t.string({
        nullable: true,
        description: 'The last migration that it has applied.',
        resolve: ({ figures }) => figures?.migration ?? null,
      }),
      lastCommitAt: t.string({
        nullable: true,
        description: 'In ISO 8601. Null: there is none.',
        resolve: ({ figures }) => (figures?.lastVersion ? toIso(versionToMs(figures.lastVersion)) : null),
      }),
      unpublishedKeys: t.int({
        nullable: true,
        description: 'Shard keys with changes of which caches have not been told yet.',
        resolve: ({ figures }) => figures?.unpublishedKeys ?? null,
      }),
      logBytes: t.float({
        nullable: true,
        description: 'About how many bytes its change log takes.',
        resolve: ({ figures }) => figures?.logBytes ?? null,
      }),
      restorableSince: t.string({
        nullable: true,
        description:
          'The earliest time that rows can be taken back to (ISO 8601). Null: any, as nothing is trimmed yet.',
        resolve: ({ figures }) => toIso(restorableSinceMs(figures?.restorableSince ?? 0)),
      }),
      restorableSinceVersion: t.string({
        nullable: true,
        description: 'The least version that rows can be taken back to.',
        resolve: ({ figures }) => (figures === null ? null : versionToText(figures.restorableSince)),
      }),
      liveBytes: t.float({
        nullable: true,
        description: 'Pages in use of its database: what the platform counts.',
        resolve: ({ figures }) => figures?.liveBytes ?? null,
      }),
      bytes: t.float({
        nullable: true,
        description: 'The most that it has ever had in use: its file is as large, since freed pages stay in it.',
        resolve: ({ capacity, figures }) => capacity?.peakBytes ?? figures?.liveBytes ?? null,
      }),
      level: t.field({
        type: level,
        nullable: true,
        description: 'How full it is.',
        resolve: ({ figures }) => figures?.level ?? null,
      }),
      rows: t.float({
        nullable: true,
        description: 'Of all tables, as commits add and take them.',
        resolve: ({ figures }) => figures?.rows ?? null,
      }),
      tables: t.field({
        type: [tableRows],
        nullable: true,
        description: 'The rows of each table; only with `count: true`.',
        resolve: ({ rowsByTable }) =>
          rowsByTable && Object.entries(rowsByTable).map(([table, rows]) => ({ table, rows })),
      }),
      warnBytes: t.float({
        nullable: true,
        description: 'From so many bytes on the shard has the level `WARN`, by the setting `capacity`.',
        resolve: ({ capacity }) => capacity?.thresholds.warnBytes ?? null,
      }),
      planBytes: t.float({
        nullable: true,
        description: 'The same for `PLAN`.',
        resolve: ({ capacity }) => capacity?.thresholds.planBytes ?? null,
      }),
      fullBytes: t.float({
        nullable: true,
        description: 'The same for `FULL`: writes that may grow the shard are refused from then on.',
        resolve: ({ capacity }) => capacity?.thresholds.fullBytes ?? null,
      }),
      growthPerDay: t.float({
        nullable: true,
        description: 'Bytes, over the days that the forecast looks at.',
        resolve: ({ capacity }) => capacity?.growthPerDay ?? null,
      }),
      reaches80At: t.string({
        nullable: true,
        description: 'When it has 80 % of `fullBytes` at this rate, in ISO 8601. Null: not known, or never.',
        resolve: ({ capacity }) => toIso(capacity?.reaches80AtMs),
      }),
      fullAt: t.string({
        nullable: true,
        description: 'The same for all of `fullBytes`.',
        resolve: ({ capacity }) => toIso(capacity?.fullAtMs),
      }),
      largeShardKeys: t.field({
        type: [largeShardKey],
        description: 'Those that have more of it than `largeShardKeyShare` of `fullBytes`, largest first.',
        resolve: ({ capacity }) => [...(capacity?.largeShardKeys ?? [])],
      }),
      code: t.string({
        nullable: true,
        description: 'Why it gives no answer: an error code. Null: it does, or was not asked.',
        resolve: ({ error }) => error?.code ?? null,
      }),
    }),
  });
  builder.queryField('shards', (t) =>
    t.field({
      type: [shard],
      nullable: true,
      description: 'All shards, as they have reported with their commits: none is woken for it.',
      args: {
        live: t.arg.boolean({
          required: true,
          defaultValue: false,
          description: 'Each shard is asked, which wakes it.',
        }),
        count: t.arg.boolean({
          required: true,
          defaultValue: false,
          description: 'Each shard is asked to count the rows of its tables, which reads all of them.',
        }),
      },
      resolve: (_, { live, count }, { fleet }) => fleet.views(count ? 'counted' : live ? 'live' : 'reported'),
    }),
  );
};

const largeShardKeyType = (builder: OperatorBuilder) =>
  builder.objectRef<ShardCapacity['largeShardKeys'][number]>('LargeShardKey').implement({
    description: 'A shard key that has much of its shard. All of it has to fit one shard.',
    fields: (t) => ({
      shardKey: t.string({ description: 'Its value.', resolve: ({ shardKey }) => valueOfShardKey(shardKey) }),
      bytes: t.exposeFloat('bytes', { description: 'Estimated from the pages that its commits took.' }),
      share: t.exposeFloat('share', { description: 'What it has of `fullBytes`, from 0 to 1.' }),
      growthPerDay: t.exposeFloat('growthPerDay', { nullable: true, description: 'Null: not known yet.' }),
    }),
  });
