import { confirmed } from '../../resolvers/operator/confirmation/confirmed.ts';
import {
  migrationRun,
  type ShownMigrationReport,
  type ShownMigrations,
  type ShownShardMigration,
  showMigrations,
} from '../../resolvers/operator/migrations.ts';
import { DEFAULT_SHARDS_AT_ONCE, MAX_SHARDS_AT_ONCE } from '../../shards/migration-limits.ts';
import type { MigrationProblem, MigrationProgress } from '../../shards/migration-report.ts';
import { confirmationArguments } from './confirmation/confirmation-type.ts';
import { outcomeType } from './confirmation/outcome-type.ts';
import type { OperatorBuilder, OperatorField } from './operator-builder.ts';

const STATES: Readonly<Record<ShownShardMigration['state'], string>> = {
  UP_TO_DATE: 'Nothing is pending.',
  PENDING: 'Something is pending; where it was tried, it would succeed.',
  COPYING:
    'A large table is copied in steps before the rest can be tried. The shard serves meanwhile if it runs the release before.',
  SETTLING: 'It has migrated, and completes what takes long before it serves.',
  REFUSED: 'What is pending would fail, or has failed.',
  UNREACHABLE: 'It does not answer.',
  UNKNOWN: 'It has not reported yet, and was not asked.',
};

/** `Query.migrations` and `Mutation.runMigrations`. */
export const migrationFields: OperatorField = (builder) => {
  const shard = declareShard(builder);
  const progress = declareProgress(builder);
  const migrations = builder.objectRef<ShownMigrations>('Migrations').implement({
    description: 'The migrations of this release, and how far shards are with them.',
    fields: (t) => ({
      tags: t.stringList({ description: 'All of them, in order.', resolve: ({ tags }) => [...tags] }),
      latest: t.string({
        nullable: true,
        description: 'The last of them. Null: there is none.',
        resolve: ({ tags }) => tags.at(-1) ?? null,
      }),
      progress: t.field({
        type: progress,
        nullable: true,
        description: 'Of the run that is under way. Null: none is.',
        resolve: (each) => each.progress,
      }),
      shards: t.field({ type: [shard], description: 'All shards.', resolve: ({ shards }) => [...shards] }),
    }),
  });
  builder.queryField('migrations', (t) =>
    t.field({
      type: migrations,
      nullable: true,
      description: 'The migrations of this release, as shards have reported with their commits: none is woken for it.',
      args: {
        check: t.arg.boolean({
          required: true,
          defaultValue: false,
          description:
            'Each shard tries what is pending on its own rows, and takes it back: that wakes it, and may read all of its rows.',
        }),
      },
      resolve: (_, { check }, context) => showMigrations(context, check),
    }),
  );
  const report = builder.objectRef<ShownMigrationReport>('MigrationReport').implement({
    description: 'What a run over all shards has found, or done.',
    fields: (t) => ({
      appliedCount: t.exposeInt('applied', { description: 'Shards that have applied migrations in it.' }),
      shards: t.field({ type: [shard], description: 'All shards.', resolve: ({ shards }) => [...shards] }),
    }),
  });
  const payload = outcomeType<ShownMigrationReport, ShownMigrationReport | null>(builder, {
    name: 'RunMigrationsPayload',
    description: 'What a run would meet, or what it has done.',
    preview: { type: report, description: 'Each shard has tried what is pending, and taken it back.' },
    done: {
      field: 'report',
      type: report,
      description:
        'What the run has done. It goes on by itself if it takes longer than some seconds: null, ask for `migrations { progress }`.',
    },
  });
  builder.mutationField('runMigrations', (t) =>
    t.field({
      type: payload,
      nullable: true,
      description:
        'Has all shards try what is pending and, if none refuses, apply it: to one first and, if that is well, to the others. It cannot be cancelled: each shard migrates as a whole or ' +
        'not at all, and those that have not would do so at their next request. Run it again to go on where a run was cut off.',
      args: {
        atOnce: t.arg.int({
          required: true,
          defaultValue: DEFAULT_SHARDS_AT_ONCE,
          description: `Greatest number of shards that are checked, or migrated, at the same time: 1 to ${MAX_SHARDS_AT_ONCE}.`,
        }),
        ...confirmationArguments(t.arg),
      },
      resolve: (_, args, context) => confirmed(migrationRun(context.migrations, args.atOnce), args, context),
    }),
  );
};

function declareShard(builder: OperatorBuilder) {
  const state = builder.enumType('MigrationState', {
    description: 'How far a shard is with the migrations of this release.',
    values: Object.fromEntries(
      Object.entries(STATES).map(([value, description]) => [value, { value, description }]),
    ) as Record<ShownShardMigration['state'], { value: ShownShardMigration['state']; description: string }>,
  });
  const problem = builder.objectRef<MigrationProblem>('MigrationProblem').implement({
    description: 'What keeps a shard from migrating. Names are those of SQL.',
    fields: (t) => ({
      kind: t.exposeString('kind', {
        description: 'What it is about: a constraint (`UNIQUE`, say), `VALUE`, `STATEMENT`, `FULL` …',
      }),
      migration: t.exposeString('tag', {
        nullable: true,
        description: 'Its tag. Null: the list of migrations as a whole.',
      }),
      statement: t.exposeInt('statement', {
        nullable: true,
        description: 'Position of the statement in its migration, from 1 on. Null: found after the statements had run.',
      }),
      statementCount: t.exposeInt('statements', {
        nullable: true,
        description: 'How many statements the migration has.',
      }),
      sql: t.exposeString('sql', { nullable: true, description: 'The beginning of the statement.' }),
      table: t.exposeString('table', { nullable: true, description: 'Which table. Null: none, or it is not known.' }),
      constraint: t.exposeString('constraint', {
        nullable: true,
        description: 'Name of the constraint, or the columns that it is of. Null: there is none.',
      }),
      rowCount: t.exposeFloat('rows', { nullable: true, description: 'How many rows are concerned. Null: not known.' }),
      keys: t.field({ type: ['JSON'], description: 'Primary keys of some of them.', resolve: ({ keys }) => [...keys] }),
      message: t.exposeString('message', { description: 'What was expected, and what was found instead.' }),
    }),
  });
  return builder.objectRef<ShownShardMigration>('ShardMigration').implement({
    description: 'A shard, with its migrations.',
    fields: (t) => ({
      name: t.exposeString('shard', { description: 'Of the shard.' }),
      state: t.field({ type: state, description: 'How far it is.', resolve: (each) => each.state }),
      last: t.exposeString('last', {
        nullable: true,
        description: 'Tag of the last that it has recorded. Null: none, or not known.',
      }),
      pending: t.stringList({
        description: 'Tags of what is still to be run, in order.',
        resolve: ({ pending }) => [...pending],
      }),
      skipped: t.stringList({
        description: 'Tags of what will be recorded and not run, as others take it back.',
        resolve: ({ skipped }) => [...skipped],
      }),
      problems: t.field({
        type: [problem],
        description: 'What is in the way.',
        resolve: ({ problems }) => [...problems],
      }),
      asOf: t.string({
        nullable: true,
        description: 'When it was so, in ISO 8601. Null: it has not reported.',
        resolve: ({ atMs }) => (atMs === null ? null : new Date(atMs).toISOString()),
      }),
    }),
  });
}

const declareProgress = (builder: OperatorBuilder) =>
  builder.objectRef<MigrationProgress>('MigrationProgress').implement({
    description: 'How far a run over all shards is.',
    fields: (t) => ({
      step: t.exposeString('step', { description: '`check` or `apply`.' }),
      doneCount: t.exposeInt('done', { description: 'Shards that are done with it.' }),
      totalCount: t.exposeInt('total', { description: 'Shards that it is about.' }),
      shard: t.string({
        nullable: true,
        description: 'The one that was heard of last of those that work in steps. Null: none does.',
        resolve: ({ steps }) => steps?.shard ?? null,
      }),
      table: t.string({
        nullable: true,
        description: 'What it works at, in SQL. Null as above.',
        resolve: ({ steps }) => steps?.table ?? null,
      }),
      copiedRows: t.float({
        nullable: true,
        description: 'Rows of it that were copied. Null: none are.',
        resolve: ({ steps }) => steps?.copied?.rows ?? null,
      }),
      copiedShare: t.float({
        nullable: true,
        description: 'How much of the table that is, about, from 0 to 1.',
        resolve: ({ steps }) => steps?.copied?.share ?? null,
      }),
    }),
  });
