import { confirmed, type Outcome } from '../../resolvers/operator/confirmation/confirmed.ts';
import {
  type DeadLetterPage,
  discard,
  listDeadLetters,
  MAX_DEAD_LETTER_PAGE,
  type ReplayDone,
  type ReplayPreview,
  replay,
} from '../../resolvers/operator/dead-letters.ts';
import { DEAD_LETTER_REASONS, type DeadLetter, type DeadLetterReason } from '../../shards/dead-letter.ts';
import { confirmationArguments, confirmationOf } from './confirmation/confirmation-type.ts';
import type { OperatorField } from './operator-builder.ts';

const REASONS: Readonly<Record<DeadLetterReason, string>> = {
  UNKNOWN_FORMAT: 'This release does not understand it.',
  NOT_PUBLISHED: 'Its shard has failed to publish again and again.',
};

/** Characters of a body that are shown. */
const EXCERPT_LENGTH = 1_000;

/** `Query.deadLetters`, `Mutation.replayDeadLetters` and `Mutation.discardDeadLetters`. */
export const deadLetterFields: OperatorField = (builder) => {
  const reason = builder.enumType('DeadLetterReason', {
    description: 'Why a message could not be consumed.',
    values: Object.fromEntries(DEAD_LETTER_REASONS.map((value) => [value, { value, description: REASONS[value] }])),
  });
  const letter = builder.objectRef<DeadLetter>('DeadLetter').implement({
    description: 'A message of the invalidation queue that could not be consumed. The catalog keeps it.',
    fields: (t) => ({
      id: t.exposeID('id', { description: 'Of the message.' }),
      sentAt: t.string({
        description: 'ISO 8601.',
        resolve: ({ sentAtMs }) => new Date(sentAtMs).toISOString(),
      }),
      reason: t.field({ type: reason, description: 'Why it is here.', resolve: (each) => each.reason }),
      body: t.string({
        description: `Its JSON text, the first ${EXCERPT_LENGTH} characters.`,
        resolve: ({ body }) => body.slice(0, EXCERPT_LENGTH),
      }),
    }),
  });
  const page = builder.objectRef<DeadLetterPage>('DeadLetterPage').implement({
    description: 'A part of the dead letters.',
    fields: (t) => ({
      nodes: t.field({ type: [letter], description: 'Oldest first.', resolve: ({ nodes }) => [...nodes] }),
      hasNextPage: t.exposeBoolean('hasNextPage', { description: 'There are more.' }),
      endCursor: t.exposeString('endCursor', { nullable: true, description: 'For `after`. Null: the page is empty.' }),
    }),
  });
  builder.queryField('deadLetters', (t) =>
    t.field({
      type: page,
      nullable: true,
      description: 'Messages of the invalidation queue that could not be consumed. Asks the catalog alone.',
      args: {
        first: t.arg.int({ required: true, defaultValue: 100, description: `At most ${MAX_DEAD_LETTER_PAGE}.` }),
        after: t.arg.string({ description: 'The `endCursor` of another page: show later ones.' }),
      },
      resolve: (_, { first, after = null }, { deadLetters }) => listDeadLetters(deadLetters, first, after),
    }),
  );
  const replayPayload = builder.objectRef<Outcome<ReplayPreview, ReplayDone>>('ReplayDeadLettersPayload').implement({
    description: 'How many dead letters would be tried again, or what became of them.',
    fields: (t) => ({
      count: t.int({
        description: 'How many are tried.',
        resolve: ({ preview, done }) => preview?.count ?? done!.replayed + done!.kept,
      }),
      replayedCount: t.int({
        nullable: true,
        description: 'Those that have succeeded, and are gone. Null: it was a preview.',
        resolve: ({ done }) => done?.replayed ?? null,
      }),
      keptCount: t.int({
        nullable: true,
        description: 'Those that are still there. Null: it was a preview.',
        resolve: ({ done }) => done?.kept ?? null,
      }),
      confirmation: t.field(confirmationOf(builder)),
    }),
  });
  builder.mutationField('replayDeadLetters', (t) =>
    t.field({
      type: replayPayload,
      nullable: true,
      description:
        'Has shards publish what dead letters ask for. Those that cannot be published stay. Those that come after the preview are tried, too, unless ids are given.',
      args: {
        ids: t.arg.idList({ description: 'Up to 100. Default: all.' }),
        ...confirmationArguments(t.arg),
      },
      resolve: (_, args, context) =>
        confirmed(replay(context.deadLetters, context.shards, args.ids?.map(String) ?? null), args, context),
    }),
  );
  const discardPayload = builder
    .objectRef<Outcome<readonly DeadLetter[], readonly DeadLetter[]>>('DiscardDeadLettersPayload')
    .implement({
      description: 'Dead letters that would be forgotten, or are.',
      fields: (t) => ({
        deadLetters: t.field({
          type: [letter],
          description: 'Those that would be forgotten, or are.',
          resolve: ({ preview, done }) => [...(preview ?? done)],
        }),
        confirmation: t.field(confirmationOf(builder)),
      }),
    });
  builder.mutationField('discardDeadLetters', (t) =>
    t.field({
      type: discardPayload,
      nullable: true,
      description:
        'Forgets dead letters: for those that no release will understand. Nothing is lost by it, as each shard publishes by itself what it has not published.',
      args: {
        ids: t.arg.idList({ required: true, description: 'Up to 100.' }),
        ...confirmationArguments(t.arg),
      },
      resolve: (_, args, context) => confirmed(discard(context.deadLetters, args.ids.map(String)), args, context),
    }),
  );
};
