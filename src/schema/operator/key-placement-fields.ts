import { confirmed, type Outcome } from '../../resolvers/operator/confirmation/confirmed.ts';
import {
  listPlacedKeys,
  placeKeys,
  type ShownKeyPlacement,
  targetOf,
  unplacement,
} from '../../resolvers/operator/key-placements.ts';
import { confirmationArguments, confirmationOf } from './confirmation/confirmation-type.ts';
import type { OperatorField } from './operator-builder.ts';

/** `Query.placedShardKeys`, `Mutation.placeShardKeys` and `Mutation.unplaceShardKeys`. */
export const keyPlacementFields: OperatorField = (builder) => {
  const placement = builder.objectRef<ShownKeyPlacement>('ShardKeyPlacement').implement({
    description: 'Where all rows of a shard key are.',
    fields: (t) => ({
      shardKey: t.exposeString('shardKey', { description: 'Its value.' }),
      type: t.exposeString('type', {
        nullable: true,
        description: 'The type of a table with shard keys of this kind. Null: there is none any more.',
      }),
      shard: t.exposeString('shard', { description: 'Name of its shard.' }),
      jurisdiction: t.exposeString('jurisdiction', {
        nullable: true,
        description: 'Of the shard. Null: that of the deployment.',
      }),
      location: t.exposeString('location', {
        nullable: true,
        description: 'Near which the shard was to be made. Null: none of its own.',
      }),
    }),
  });
  const keyArguments = builder.args((t) => ({
    shardKeys: t.idList({ required: true, description: 'Up to 100, none of which has ever had rows.' }),
    type: t.string({
      description: 'The type of a table that they are of; needed where tables have shard keys of several kinds.',
    }),
  }));
  const placeArguments = builder.args((t) => ({
    jurisdiction: t.string({ description: '`eu`, `us`, `fedramp` or `fedramp-high`: rows are stored nowhere else.' }),
    location: t.string({ description: 'A region, such as `weur`: near it, as far as the platform can. A hint.' }),
    shard: t.string({
      description:
        'Instead of both: a shard by its name, such as `eu-1`, which is made if it is the next one. Default: the last one of the place.',
    }),
  }));
  builder.queryField('placedShardKeys', (t) =>
    t.field({
      type: [placement],
      nullable: true,
      description: 'The shard keys that were placed.',
      resolve: (_, __, { keyPlacements, model }) => listPlacedKeys(keyPlacements, model),
    }),
  );
  builder.mutationField('placeShardKeys', (t) =>
    t.field({
      type: [placement],
      nullable: true,
      description:
        'Has all rows of shard keys kept by a shard in a place of their own, from their first row on. `CONFLICT` if any of them has rows.',
      args: { ...keyArguments, ...placeArguments },
      resolve: (_, args, { keyPlacements, model, audit }) =>
        audit.recording('place-shard-keys', targetOf(args), () => placeKeys(keyPlacements, model, args)),
    }),
  );
  const payload = builder
    .objectRef<Outcome<readonly ShownKeyPlacement[], readonly ShownKeyPlacement[]>>('UnplaceShardKeysPayload')
    .implement({
      description: 'Shard keys that would be taken back, or are.',
      fields: (t) => ({
        placements: t.field({
          type: [placement],
          description: 'Where they are: of a preview, now; else, from now on.',
          resolve: ({ preview, done }) => [...(preview ?? done)],
        }),
        confirmation: t.field(confirmationOf(builder)),
      }),
    });
  builder.mutationField('unplaceShardKeys', (t) =>
    t.field({
      type: payload,
      nullable: true,
      description:
        'Takes shard keys that have no rows yet back to the shards that their hashes give. `CONFLICT` if any of them has rows; a preview does not look.',
      args: { ...keyArguments, ...confirmationArguments(t.arg) },
      resolve: (_, args, context) => confirmed(unplacement(context.keyPlacements, context.model, args), args, context),
    }),
  );
};
