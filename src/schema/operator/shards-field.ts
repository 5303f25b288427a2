import type { ShardReport } from '../../shards/client/shard-client.ts';
import type { ShardStatus } from '../../shards/protocol/shard-rpc.ts';
import { restorableSinceMs } from '../../shards/restorable-since.ts';
import { versionToText } from '../../shards/version.ts';
import type { OperatorField } from './operator-builder.ts';

/** Null where the shard gives no report. */
const statusOf = ({ status }: ShardReport<ShardStatus>): ShardStatus | null => ('code' in status ? null : status);

/** `Query.shards`. */
export const shardsField: OperatorField = (builder) => {
  const shard = builder.objectRef<ShardReport<ShardStatus>>('Shard').implement({
    description: 'A shard, and what it reports about itself.',
    fields: (t) => ({
      name: t.exposeString('shard'),
      migration: t.string({
        nullable: true,
        description: 'The last migration that it has applied.',
        resolve: (report) => statusOf(report)?.migration ?? null,
      }),
      databaseBytes: t.float({ nullable: true, resolve: (report) => statusOf(report)?.databaseBytes ?? null }),
      logBytes: t.float({
        nullable: true,
        description: 'About how many of them its change log takes, when that was last measured.',
        resolve: (report) => statusOf(report)?.logBytes ?? null,
      }),
      restorableSince: t.string({
        nullable: true,
        description:
          'The earliest time that rows can be taken back to (ISO 8601). Null: any, as nothing is trimmed yet.',
        resolve: (report) => {
          const sinceMs = restorableSinceMs(statusOf(report)?.restorableSince ?? 0);
          return sinceMs === null ? null : new Date(sinceMs).toISOString();
        },
      }),
      restorableSinceVersion: t.string({
        nullable: true,
        description: 'The least version that rows can be taken back to.',
        resolve: (report) => {
          const version = statusOf(report)?.restorableSince;
          return version === undefined ? null : versionToText(version);
        },
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
      resolve: (_, __, { shards }) => shards.status() as never,
    }),
  );
};
