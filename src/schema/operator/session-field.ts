import type { OpenedSession } from '../../resolvers/operator/operator-context.ts';
import { versionToMs } from '../../shards/version.ts';
import type { OperatorBuilder, OperatorField } from './operator-builder.ts';

/** `Query.session`. */
export const sessionField: OperatorField = (builder) => {
  const session = declareSession(builder);
  builder.queryField('session', (t) =>
    t.field({
      type: session,
      nullable: true,
      description:
        'What a session has seen and written, as its token tells. Sessions are kept by clients alone: there is no list of them, and nothing to end. Asks nobody.',
      args: {
        token: t.arg.string({ required: true, description: 'The header `x-shardql-token` of one of its answers.' }),
      },
      resolve: (_, { token }, { openSession }) => openSession(token),
    }),
  );
};

interface SeenShard {
  readonly name: string;
  readonly version: number;
}

function declareSession(builder: OperatorBuilder) {
  const shard = builder.objectRef<SeenShard>('SessionShard').implement({
    description: 'What a session has seen of a shard: answers have to hold all commits up to a version.',
    fields: (t) => ({
      name: t.exposeString('name', { description: 'Of the shard.' }),
      version: t.string({ description: 'That version.', resolve: ({ version }) => String(version) }),
      at: t.string({
        description: 'When it was committed, in ISO 8601.',
        resolve: ({ version }) => new Date(versionToMs(version)).toISOString(),
      }),
    }),
  });
  return builder.objectRef<OpenedSession>('Session').implement({
    description: 'What a session has seen and written.',
    fields: (t) => ({
      isSealed: t.exposeBoolean('isSealed', {
        description: 'Only this deployment can read it, as that of each caller with access rules.',
      }),
      isReadable: t.boolean({
        description:
          'False: it was sealed with another secret, so that its reads hold all that was committed until they are made.',
        resolve: ({ epoch }) => epoch > 0,
      }),
      epoch: t.exposeInt('epoch', {
        description: 'Of the shard map: answers of an earlier one do not count.',
      }),
      shards: t.field({
        type: [shard],
        description: 'The latest first, at most 32.',
        resolve: ({ versionByShard }) =>
          [...versionByShard].map(([name, version]) => ({ name, version })).sort((a, b) => b.version - a.version),
      }),
      others: t.string({
        nullable: true,
        description:
          'The same of all shards that are not listed: a moment in ISO 8601. Null: it has seen none of them.',
        resolve: ({ rest }) => (rest === 0 ? null : new Date(versionToMs(rest)).toISOString()),
      }),
    }),
  });
}
