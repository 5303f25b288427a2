import {
  findOperation,
  type ShownCommit,
  type ShownOperation,
} from '../../../resolvers/operator/inspection/operation.ts';
import type { CommitState, InspectedCommit, TableChangeCounts } from '../../../shards/inspection.ts';
import { valueOfShardKey } from '../../../shards/shard-key.ts';
import { versionToMs, versionToText } from '../../../shards/version.ts';
import type { OperatorBuilder, OperatorField } from '../operator-builder.ts';

const STATES: Readonly<Record<CommitState, string>> = {
  LOGGED: 'The log has all that it has changed, so that it can be undone.',
  TRIMMED: 'The log does not reach back so far.',
  UNKNOWN: 'The log has no such commit, or it is that of another operation.',
};

/** `Query.operation`. */
export const operationField: OperatorField = (builder) => {
  const commit = declareCommit(builder);
  const operation = builder.objectRef<ShownOperation>('Operation').implement({
    description: 'An operation that has changed rows, by its id.',
    fields: (t) => ({
      id: t.exposeID('id', { description: 'As it was asked for.' }),
      isUndoable: t.boolean({
        description: 'The logs have all that it has changed. What `undo` would do, its preview tells.',
        resolve: ({ commits }) => commits.every(({ found }) => 'state' in found && found.state === 'LOGGED'),
      }),
      commits: t.field({
        type: [commit],
        description: 'One for each shard that the id names.',
        resolve: ({ commits }) => [...commits],
      }),
    }),
  });
  builder.queryField('operation', (t) =>
    t.field({
      type: operation,
      nullable: true,
      description: 'What is known of an operation. Asks the shards that its id names, which wakes them.',
      args: { id: t.arg.id({ required: true, description: 'As in `extensions.operations` of a mutation.' }) },
      resolve: (_, { id }, { shards }) => findOperation(String(id), shards),
    }),
  );
};

function declareCommit(builder: OperatorBuilder) {
  const state = builder.enumType('CommitState', {
    description: 'What the log of a shard has of a commit.',
    values: Object.fromEntries(Object.entries(STATES).map(([value, description]) => [value, { value, description }])),
  });
  const tableChanges = builder.objectRef<TableChangeCounts>('TableChanges').implement({
    description: 'How many changes of rows of a table a commit has made.',
    fields: (t) => ({
      table: t.exposeString('table', {
        description: 'Its GraphQL type; its name in SQL, if the model does not have it any more.',
      }),
      createdCount: t.exposeInt('created', { description: 'Rows that it has created.' }),
      updatedCount: t.exposeInt('updated', { description: 'Changes of rows that were there.' }),
      deletedCount: t.exposeInt('deleted', { description: 'Rows that it has deleted.' }),
    }),
  });
  const known = ({ found }: ShownCommit): InspectedCommit | null => ('state' in found ? found : null);
  return builder.objectRef<ShownCommit>('OperationCommit').implement({
    description: 'The commit of an operation on one shard.',
    fields: (t) => ({
      shard: t.exposeString('shard', { description: 'Name of the shard.' }),
      version: t.string({ description: 'Of the commit.', resolve: ({ version }) => versionToText(version) }),
      at: t.string({
        description: 'When it was made, by the shard’s clock, in ISO 8601.',
        resolve: ({ version }) => new Date(versionToMs(version)).toISOString(),
      }),
      state: t.field({
        type: state,
        nullable: true,
        description: 'What the log has of it. Null: the shard does not answer.',
        resolve: (each) => known(each)?.state ?? null,
      }),
      tables: t.field({
        type: [tableChanges],
        description: 'What it has changed, as far as the log tells.',
        resolve: (each) => [...(known(each)?.tables ?? [])],
      }),
      shardKeys: t.stringList({
        description: 'Shard keys of the rows, up to 100.',
        resolve: (each) => (known(each)?.shardKeys ?? []).map(valueOfShardKey),
      }),
      migration: t.string({
        nullable: true,
        description: 'Tag of the last migration when it was made. Null: not known.',
        resolve: (each) => known(each)?.migration ?? null,
      }),
      code: t.string({
        nullable: true,
        description: 'Why the shard does not answer: an error code. Null: it does.',
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
