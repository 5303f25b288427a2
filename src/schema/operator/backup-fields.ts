import { backupRecordOf, forgetting } from '../../resolvers/operator/backups.ts';
import { confirmed } from '../../resolvers/operator/confirmation/confirmed.ts';
import { requirePageSize } from '../../resolvers/operator/page-size.ts';
import { type BackupRecord, MAX_BACKUP_RECORDS } from '../../shards/backup-record.ts';
import { versionToMs } from '../../shards/version.ts';
import { confirmationArguments } from './confirmation/confirmation-type.ts';
import { outcomeType } from './confirmation/outcome-type.ts';
import type { OperatorBuilder, OperatorField } from './operator-builder.ts';

/** `Query.backups`, `Mutation.recordBackup` and `Mutation.forgetBackup`. */
export const backupFields: OperatorField = (builder) => {
  const backup = declareBackup(builder);
  builder.queryField('backups', (t) =>
    t.field({
      type: [backup],
      nullable: true,
      description:
        'Backups that the command line has told of once they were whole, latest first. It is not known whether they are still there: `shardql backup verify` reads them. Asks the catalog alone.',
      args: {
        first: t.arg.int({ required: true, defaultValue: 20, description: `At most ${MAX_BACKUP_RECORDS}.` }),
      },
      resolve: async (_, { first }, { backups }) => {
        requirePageSize(first, MAX_BACKUP_RECORDS);
        return [...(await backups.list(first))];
      },
    }),
  );
  builder.mutationField('recordBackup', (t) =>
    t.field({
      type: backup,
      nullable: true,
      description:
        'Tells that a backup is whole. `shardql backup` does it; other tools may. One that was told of already, by its id, is not kept again.',
      args: {
        id: t.arg.id({ required: true, description: 'A UUID, another one for each backup.' }),
        place: t.arg.string({ required: true, description: 'Where it is, for people: up to 500 characters.' }),
        version: t.arg.string({ required: true, description: 'Of the last commits that are in it.' }),
        shards: t.arg.int({ required: true, description: 'How many there are.' }),
        rows: t.arg.float({ required: true, description: 'Of all tables.' }),
        bytes: t.arg.float({ required: true, description: 'Of its files.' }),
        contentHash: t.arg.string({ required: true, description: 'As its manifest has it.' }),
        basedOn: t.arg.string({ description: 'Version of the backup that was brought up to date. Default: none was.' }),
      },
      resolve(_, args, { backups, audit, principal, caller }) {
        const record = backupRecordOf({ ...args, id: String(args.id) }, principal.name ?? caller.role, Date.now());
        return audit.recording('record-backup', record.id, async () => {
          await backups.add(record);
          return record;
        });
      },
    }),
  );
  const payload = outcomeType<BackupRecord, BackupRecord>(builder, {
    name: 'ForgetBackupPayload',
    description: 'A backup that would be forgotten, or is.',
    preview: { type: backup, description: 'The one that would be forgotten.' },
    done: { field: 'backup', type: backup, description: 'The one that is forgotten.' },
  });
  builder.mutationField('forgetBackup', (t) =>
    t.field({
      type: payload,
      nullable: true,
      description:
        'Takes a backup off the list, as one that was deleted. Its files, wherever they are, are left alone.',
      args: {
        id: t.arg.id({ required: true, description: 'Of the backup.' }),
        ...confirmationArguments(t.arg),
      },
      resolve: (_, args, context) => confirmed(forgetting(context.backups, String(args.id)), args, context),
    }),
  );
};

const declareBackup = (builder: OperatorBuilder) =>
  builder.objectRef<BackupRecord>('Backup').implement({
    description: 'All rows as of a moment, in files outside.',
    fields: (t) => ({
      id: t.exposeID('id', { description: 'A UUID.' }),
      at: t.string({
        description: 'When it was whole: ISO 8601.',
        resolve: ({ atMs }) => new Date(atMs).toISOString(),
      }),
      by: t.exposeString('by', { description: 'Who made it: the name of their credential, or their role.' }),
      place: t.exposeString('place', { description: 'A folder, of the machine that made it, or `r2://…`.' }),
      asOf: t.string({
        description: 'The moment that its rows are of: ISO 8601.',
        resolve: ({ version }) => new Date(versionToMs(version)).toISOString(),
      }),
      version: t.string({
        description: 'The same as a version: that of the last commits in it.',
        resolve: ({ version }) => String(version),
      }),
      shardCount: t.exposeInt('shards', { description: 'How many shards there were.' }),
      rowCount: t.exposeFloat('rows', { description: 'Rows of all tables.' }),
      bytes: t.exposeFloat('bytes', { description: 'Of its files.' }),
      contentHash: t.exposeString('contentHash', {
        description: 'Of all rows: that of another backup is the same if its rows are.',
      }),
      basedOn: t.string({
        nullable: true,
        description: 'Version of the backup that was brought up to date. Null: all rows were copied.',
        resolve: ({ basedOn }) => (basedOn === null ? null : String(basedOn)),
      }),
    }),
  });
