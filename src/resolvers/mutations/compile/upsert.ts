import type { TableModel } from '../../../model/types.ts';
import type { RowScope } from '../../../plans/access/visible-rows.ts';
import { toWire } from '../../../plans/arguments/wire-input.ts';
import { badUserInput } from '../../../plans/bad-user-input.ts';
import type { ShardQLError } from '../../../shards/errors.ts';
import { toShardKey } from '../../../shards/shard-key.ts';
import { type AtomicInput, atomicChanges } from './atomic.ts';
import type { DataInput } from './column-values.ts';
import type { GivenValues } from './compile-write.ts';
import { atValues } from './input-path.ts';
import { type NamedRowArguments, namedRow } from './named-row.ts';
import { RowWriter } from './nested/row-writer.ts';
import { refersElsewhere, shardKeyOfNew } from './nested/shard-key-of-new.ts';
import { type DraftedShardKey, rowDraft, type WriteDraft } from './write-draft.ts';

interface UpsertArguments extends NamedRowArguments {
  readonly create: DataInput;
  readonly update?: DataInput;
  readonly atomic?: AtomicInput;
}

/** Mutation `upsertCustomer(by, create, update, atomic, expectedVersion, shardKey)`: what names the row is part of a new one. */
export function compileUpsert(
  scope: RowScope,
  table: TableModel,
  args: UpsertArguments,
  given: GivenValues = { values: {} },
): WriteDraft {
  const { target, shardKey } = namedRow(scope, table, args);
  const writer = new RowWriter(scope);
  const create = { data: args.create, part: { path: ['create'], when: null } };
  const own = args.update ?? {};
  const atomic = atomicChanges(table, args.atomic, own, ['atomic']);
  const update = { data: own, given: given.update ?? {}, atomic, part: { path: ['update'], when: null } };
  const createPlace = { path: create.part.path, table: table.typeName, values: args.create };
  const key = atValues(createPlace, () => shardKeyOf(scope, table, shardKey, args.create));
  const row = writer.upsert(table, target, { create, given: given.values, update }, { path: [], when: null });
  return rowDraft(writer.list, row, key);
}

/** That of the key, or else of the new row: the same, if both name one, be the row there or not. */
function shardKeyOf(
  scope: RowScope,
  table: TableModel,
  named: DraftedShardKey['shardKey'],
  create: DataInput,
): DraftedShardKey {
  const own = create[table.shardKey.name];
  if (named !== null) {
    if (own !== undefined && own !== null && toWire(table, table.shardKey, own) !== named) throw anotherShardKey(table);
    if (refersElsewhere(scope, table, create, toShardKey(table.shardKey, named))) throw relatedElsewhere(table);
    return { shardKey: named, defaultShardKey: null, lookup: null };
  }
  return { ...shardKeyOfNew(scope, table, create), lookup: null, dataArgument: 'create' };
}

const anotherShardKey = ({ typeName, shardKey: { name } }: TableModel): ShardQLError =>
  badUserInput(
    `Expected ${typeName}.${name} of create to be the shard key of the row, but got another. Leave it out there.`,
    {
      table: typeName,
      field: name,
    },
  );

const relatedElsewhere = ({ typeName, shardKey: { name } }: TableModel): ShardQLError =>
  badUserInput(
    `Expected create to refer to rows under the ${name} of the ${typeName} that is looked for, but got one under another.`,
    { table: typeName, field: name },
  );
