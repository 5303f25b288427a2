import type { ShownRestore, SilentShard } from '../../../resolvers/operator/recovery/restores.ts';
import type { WireError } from '../../../shards/errors.ts';
import { RESTORE_STATES, type RestoreState } from '../../../shards/restore.ts';
import type { OperatorBuilder } from '../operator-builder.ts';

const STATES: Readonly<Record<RestoreState, string>> = {
  RUNNING: 'Rows are being taken back, and nobody reads or writes them meanwhile.',
  DONE: 'Rows are as they were.',
  UNDONE: 'They were, until another restore has undone it.',
  CANCELLING: 'What was taken back is made again; nobody reads or writes the rows meanwhile.',
  CANCELLED: 'All is as it was before the restore.',
};

/** `Restore`, and what it consists of. */
export function declareRestore(builder: OperatorBuilder) {
  const state = builder.enumType('RestoreState', {
    values: Object.fromEntries(RESTORE_STATES.map((value) => [value, { value, description: STATES[value] }])),
  });
  const shard = builder.objectRef<ShownRestore['shards'][number]>('ShardRestore').implement({
    description: 'A restore in one shard. Each is durable by itself.',
    fields: (t) => ({
      name: t.exposeString('name', { description: 'Of the shard.' }),
      state: t.field({ type: state, description: 'How far it is here.', resolve: (part) => part.state }),
      totalChanges: t.exposeInt('total', { description: 'Changes in the log that are to be taken back.' }),
      changesTakenBack: t.exposeInt('takenBack', { description: 'How many are.' }),
    }),
  });
  const silentShard = builder.objectRef<SilentShard>('SilentShard').implement({
    description: 'A shard that does not answer.',
    fields: (t) => ({
      name: t.exposeString('name', { description: 'Of the shard.' }),
      code: t.string({ description: 'An error code.', resolve: ({ error }) => error.code }),
      message: t.string({ description: 'Why it does not answer.', resolve: ({ error }) => error.message }),
    }),
  });
  const problem = builder.objectRef<WireError>('RestoreProblem').implement({
    description: 'Why a restore does not go on.',
    fields: (t) => ({
      code: t.exposeString('code', { description: 'An error code.' }),
      message: t.exposeString('message', { description: 'What was expected, and what was found instead.' }),
    }),
  });
  return builder.objectRef<ShownRestore>('Restore').implement({
    description: 'A restore to an earlier time, over all its shards.',
    fields: (t) => ({
      id: t.exposeID('id', { description: 'The same in all of its shards.' }),
      state: t.field({ type: state, description: 'How far it is.', resolve: (each) => each.state }),
      time: t.exposeString('time', { description: 'What rows go back to. ISO 8601.' }),
      version: t.exposeString('version', { description: 'The same as a version.' }),
      shardKeys: t.exposeStringList('shardKeys', {
        nullable: true,
        description: 'What is restored: rows of these shard keys. Null: of all.',
      }),
      type: t.exposeString('type', { nullable: true, description: 'The type of a table that `shardKeys` are of.' }),
      shard: t.exposeString('shard', {
        nullable: true,
        description: 'Its rows alone are restored. Null: those of shard keys, or all.',
      }),
      all: t.exposeBoolean('all', { description: 'All rows of all shards are restored.' }),
      undoes: t.exposeID('undoes', { nullable: true, description: 'The restore that it takes back. Null: none.' }),
      undoneBy: t.exposeID('undoneBy', {
        nullable: true,
        description: 'The restore that has undone it. Null: it holds.',
      }),
      copyOf: t.exposeID('copyOf', {
        nullable: true,
        description: 'Of `restoreAs`: the shard key whose rows are copied. Null: rows go back in place.',
      }),
      as: t.exposeID('as', { nullable: true, description: 'Of `restoreAs`: the shard key that they get.' }),
      problem: t.field({
        type: problem,
        nullable: true,
        description:
          'Why the last step has failed of one that has not ended, and is tried again. Of `restoreAs` also: why it has turned round by itself. Null: neither has happened.',
        resolve: (each) => each.problem,
      }),
      totalChanges: t.exposeInt('total', {
        description: 'Changes in the log that are to be taken back. Of `restoreAs`: rows that were read so far.',
      }),
      changesTakenBack: t.exposeInt('takenBack', {
        description: 'How many are. Of `restoreAs`: rows that are written.',
      }),
      beganAt: t.exposeString('beganAt', { description: 'ISO 8601.' }),
      endedAt: t.exposeString('endedAt', { nullable: true, description: 'Null: it has not ended.' }),
      shards: t.field({
        type: [shard],
        description: 'How far it is in each of its shards.',
        resolve: (each) => [...each.shards],
      }),
      silentShards: t.field({
        type: [silentShard],
        description:
          'Shards that do not answer now, or take no step. The restore may have parts there, of which its other fields say nothing; they go on by themselves.',
        resolve: (each) => [...each.silentShards],
      }),
    }),
  });
}
