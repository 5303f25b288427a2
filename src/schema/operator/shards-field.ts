import { CAPACITY_LEVELS, type ShardCapacity } from '../../shards/capacity.ts';
import type { ShardReport } from '../../shards/client/shard-client.ts';
import type { ShardStatus } from '../../shards/protocol/shard-rpc.ts';
import { restorableSinceMs } from '../../shards/restorable-since.ts';
import { valueOfShardKey } from '../../shards/shard-key.ts';
import { versionToText } from '../../shards/version.ts';
import type { OperatorBuilder, OperatorField } from './operator-builder.ts';

/** A shard's own report, and what the monitor knows of its capacity; null: nothing. */
type ShownShard = ShardReport<ShardStatus> & { readonly capacity: ShardCapacity | null };

/** Null where the shard gives no report. */
const statusOf = ({ status }: ShownShard): ShardStatus | null => ('code' in status ? null : status);

const toIso = (ms: number | null | undefined): string | null => (ms == null ? null : new Date(ms).toISOString());

/** `Query.shards`. */
export const shardsField: OperatorField = (builder) => {
  const level = builder.enumType('CapacityLevel', {
    description: 'How full a shard is: by `warnBytes`, `planBytes` and `fullBytes` of the setting `capacity`.',
    values: CAPACITY_LEVELS,
  });
  const largeShardKey = largeShardKeyType(builder);
  const shard = builder.objectRef<ShownShard>('Shard').implement({
    description:
      'A shard, and what it reports about itself. What is said of growth is null where no `MONITOR` is bound, or the shard has not reported yet.',
    fields: (t) => ({
      name: t.exposeString('shard'),
      migration: t.string({
        nullable: true,
        description: 'The last migration that it has applied.',
        resolve: (report) => statusOf(report)?.migration ?? null,
      }),
      logBytes: t.float({
        nullable: true,
        description: 'About how many bytes its change log takes.',
        resolve: (report) => statusOf(report)?.logBytes ?? null,
      }),
      restorableSince: t.string({
        nullable: true,
        description:
          'The earliest time that rows can be taken back to (ISO 8601). Null: any, as nothing is trimmed yet.',
        resolve: (report) => toIso(restorableSinceMs(statusOf(report)?.restorableSince ?? 0)),
      }),
      restorableSinceVersion: t.string({
        nullable: true,
        description: 'The least version that rows can be taken back to.',
        resolve: (report) => {
          const version = statusOf(report)?.restorableSince;
          return version === undefined ? null : versionToText(version);
        },
      }),
      liveBytes: t.float({
        nullable: true,
        description: 'Pages in use of its database: what the platform counts.',
        resolve: (report) => statusOf(report)?.databaseBytes ?? null,
      }),
      bytes: t.float({
        nullable: true,
        description: 'The most that it has ever had in use: its file is as large, since freed pages stay in it.',
        resolve: (report) => report.capacity?.bytes ?? statusOf(report)?.databaseBytes ?? null,
      }),
      level: t.field({ type: level, nullable: true, resolve: (report) => statusOf(report)?.level ?? null }),
      rows: t.float({
        nullable: true,
        description: 'Of all tables.',
        resolve: (report) => rowsOf(statusOf(report)),
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
        description: 'Why it gives no report: an error code.',
        resolve: ({ status }) => ('code' in status ? status.code : null),
      }),
    }),
  });
  builder.queryField('shards', (t) =>
    t.field({
      type: [shard],
      nullable: true,
      description: 'All shards.',
      resolve: async (_, __, { shards, capacities }) => {
        const [reports, byShard] = await Promise.all([shards.status(), capacities.byShard()]);
        return reports.map((report) => ({ ...report, capacity: byShard.get(report.shard) ?? null }));
      },
    }),
  );
};

const rowsOf = (status: ShardStatus | null): number | null =>
  status === null ? null : Object.values(status.rowsByTable).reduce((sum, rows) => sum + rows, 0);

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
