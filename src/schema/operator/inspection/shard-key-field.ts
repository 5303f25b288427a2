import { changesOf } from '../../../resolvers/operator/inspection/changes.ts';
import { findShardKey, type ShownShardKey } from '../../../resolvers/operator/inspection/shard-key.ts';
import { typeOfKey } from '../../../resolvers/operator/shard-keys.ts';
import type { InspectedKey } from '../../../shards/inspection.ts';
import { valueOfShardKey } from '../../../shards/shard-key.ts';
import { placeOfShard } from '../../../shards/shard-place.ts';
import { slotOf } from '../../../shards/slots.ts';
import type { OperatorBuilder, OperatorField } from '../operator-builder.ts';
import { changePageType } from './changes-field.ts';

/** `Query.shardKey`. */
export const shardKeyField: OperatorField = (builder) => {
  const shardKey = declareShardKey(builder);
  builder.queryField('shardKey', (t) =>
    t.field({
      type: shardKey,
      nullable: true,
      description: 'Where a shard key is, and how it is. Asks its shard, which wakes it, and the monitor.',
      args: {
        value: t.arg.id({ required: true, description: 'Its value.' }),
        type: t.arg.string({
          description: 'The type of a table that it is of; needed where tables have shard keys of several kinds.',
        }),
      },
      resolve: (_, { value, type = null }, context) => findShardKey(value, type, context),
    }),
  );
};

function declareShardKey(builder: OperatorBuilder) {
  const known = ({ found }: ShownShardKey): InspectedKey | null => ('error' in found ? null : found);
  return builder.objectRef<ShownShardKey>('ShardKey').implement({
    description: 'A shard key: all of its rows are on one shard.',
    fields: (t) => ({
      shardKey: t.string({ description: 'Its value.', resolve: ({ shardKey }) => valueOfShardKey(shardKey) }),
      type: t.string({
        nullable: true,
        description: 'The type of a table with shard keys of this kind.',
        resolve: ({ shardKey }, _, { model }) => typeOfKey(model, shardKey),
      }),
      shard: t.exposeString('shard', { description: 'Name of its shard.' }),
      slot: t.int({
        description: 'The one that its hash gives, of 16,384.',
        resolve: ({ shardKey }) => slotOf(shardKey),
      }),
      isPlaced: t.exposeBoolean('isPlaced', { description: 'It was placed: it is not on the shard of its slot.' }),
      jurisdiction: t.string({
        nullable: true,
        description: 'Of its shard. Null: that of the deployment.',
        resolve: ({ shard }) => placeOfShard(shard)?.jurisdiction ?? null,
      }),
      location: t.string({
        nullable: true,
        description: 'Near which its shard was to be made. Null: none of its own.',
        resolve: ({ shard }) => placeOfShard(shard)?.location ?? null,
      }),
      bytes: t.float({
        nullable: true,
        description:
          'What its rows take, estimated, if it is among the large shard keys of its shard. Null: it is not.',
        resolve: ({ large }) => large?.bytes ?? null,
      }),
      share: t.float({
        nullable: true,
        description: 'What it has of `fullBytes`, from 0 to 1. Null as above.',
        resolve: ({ large }) => large?.share ?? null,
      }),
      growthPerDay: t.float({
        nullable: true,
        description: 'Bytes a day. Null as above, or not known yet.',
        resolve: ({ large }) => large?.growthPerDay ?? null,
      }),
      hasRows: t.boolean({
        nullable: true,
        description: 'It has rows, or once had some. Null: its shard does not answer.',
        resolve: (each) => known(each)?.isKnown ?? null,
      }),
      isUnpublished: t.boolean({
        nullable: true,
        description: 'Caches have not been told of all of its changes. Null: its shard does not answer.',
        resolve: (each) => known(each)?.isUnpublished ?? null,
      }),
      cachedUntil: t.string({
        nullable: true,
        description:
          'Until when answers of it may be in caches, in ISO 8601: until then its changes are published. Null: there are none, or its shard does not answer.',
        resolve(each) {
          const untilMs = known(each)?.cachedUntilMs ?? null;
          return untilMs === null ? null : new Date(untilMs).toISOString();
        },
      }),
      changes: t.field({
        type: changePageType(builder),
        nullable: true,
        description: 'Its latest changes. Asks its shard once more, as the field `changes` does.',
        args: { first: t.arg.int({ required: true, defaultValue: 20, description: 'At most 100.' }) },
        resolve: ({ shard, shardKey }, { first }, context) =>
          changesOf(shard, shardKey, { newestFirst: true, first }, context),
      }),
      code: t.string({
        nullable: true,
        description: 'Why its shard does not answer: an error code. Null: it does.',
        resolve: ({ found }) => ('error' in found ? found.error.code : null),
      }),
      message: t.string({
        nullable: true,
        description: 'The same in words.',
        resolve: ({ found }) => ('error' in found ? found.error.message : null),
      }),
    }),
  });
}
