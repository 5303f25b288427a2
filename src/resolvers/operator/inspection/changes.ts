import { closestName } from '../../../lib/closest-name.ts';
import { unknownName } from '../../../lib/unknown-name.ts';
import type { Model } from '../../../model/types.ts';
import { badUserInput } from '../../../plans/bad-user-input.ts';
import type { ShardClient } from '../../../shards/client/shard-client.ts';
import { ShardQLError } from '../../../shards/errors.ts';
import { type InspectedChange, type LogPosition, MAX_CHANGES_PAGE } from '../../../shards/inspection.ts';
import { formatOperationId } from '../../../shards/operation-id.ts';
import type { ShardKey } from '../../../shards/shard-key.ts';
import { type ShardMap, shardOf } from '../../../shards/shard-map.ts';
import { textToVersion, type Version, versionToText } from '../../../shards/version.ts';
import { requirePageSize } from '../page-size.ts';
import { keysOf } from '../shard-keys.ts';

interface ChangesArguments {
  readonly shard?: string | null | undefined;
  readonly shardKey?: unknown;
  readonly type?: string | null | undefined;
  readonly table?: string | null | undefined;
  readonly after?: string | null | undefined;
  readonly newestFirst: boolean;
  readonly first: number;
}

export interface ShownChange extends InspectedChange {
  readonly shard: string;
  readonly cursor: string;
  /** Null: what has made it is no operation that has an id. */
  readonly operationId: string | null;
}

export interface ShownChanges {
  readonly nodes: readonly ShownChange[];
  readonly hasNextPage: boolean;
  readonly endCursor: string | null;
  readonly since: Version;
}

interface InspectionContext {
  readonly model: Model;
  readonly shards: Pick<ShardClient, 'map' | 'inspect'>;
}

/** A page of the log of one shard. */
export async function listChanges(args: ChangesArguments, context: InspectionContext): Promise<ShownChanges> {
  const { shard = null, shardKey = null, type = null } = args;
  if ((shard === null) === (shardKey === null)) {
    throw badUserInput(`Expected shard or shardKey, but got ${shard === null ? 'neither' : 'both'}.`);
  }
  if (type !== null && shardKey === null)
    throw badUserInput('Expected type together with shardKey, but got it without.');
  requirePageSize(args.first, MAX_CHANGES_PAGE);
  const map = await context.shards.map();
  const key = shardKey === null ? null : keysOf(context.model, [shardKey], type)[0]!;
  return await changesOf(key === null ? requireShard(map, shard!) : shardOf(map, key), key, args, context);
}

export async function changesOf(
  shard: string,
  shardKey: ShardKey | null,
  {
    table = null,
    after = null,
    newestFirst,
    first,
  }: Pick<ChangesArguments, 'table' | 'after' | 'newestFirst' | 'first'>,
  { model, shards }: InspectionContext,
): Promise<ShownChanges> {
  requirePageSize(first, MAX_CHANGES_PAGE);
  const { changes, next, since } = await shards.inspect(shard, {
    part: 'changes',
    shardKey,
    table: table === null ? null : sqlNameOf(model, table),
    after: after === null ? null : positionOf(after),
    newestFirst,
    limit: first,
  });
  const last = changes.at(-1);
  return {
    nodes: changes.map((change) => ({
      ...change,
      shard,
      cursor: cursorOf(change),
      operationId: operationIdOf(shard, change),
    })),
    hasNextPage: next !== null,
    endCursor: next !== null ? cursorOf(next) : last === undefined ? null : cursorOf(last),
    since,
  };
}

/** @throws ShardQLError NOT_FOUND: to ask for an object by any name would create it. */
export function requireShard({ shards }: ShardMap, shard: string): string {
  const names = shards.map(({ name }) => name);
  if (names.includes(shard)) return shard;
  const closest = closestName(shard, names);
  throw new ShardQLError(
    'NOT_FOUND',
    `Expected shard to be one that the field shards lists, but got ${JSON.stringify(shard.slice(0, 100))}.${closest === undefined ? '' : ` Did you mean ${JSON.stringify(closest)}?`}`,
  );
}

function sqlNameOf({ tables }: Model, name: string): string {
  const table = tables.find(({ typeName, sqlName }) => typeName === name || sqlName === name);
  if (table !== undefined) return table.sqlName;
  throw badUserInput(
    unknownName(
      'table',
      name.slice(0, 100),
      tables.map(({ typeName }) => typeName),
    ),
  );
}

const cursorOf = ({ version, seq }: LogPosition): string =>
  seq === null ? versionToText(version) : `${versionToText(version)}.${seq}`;

function positionOf(text: string): LogPosition {
  const [versionText, seqText = null, ...more] = text.split('.');
  const version = textToVersion(versionText!);
  if (version !== null && more.length === 0 && (seqText === null || /^\d{1,15}$/.test(seqText))) {
    return { version, seq: seqText === null ? null : Number(seqText) };
  }
  throw badUserInput(
    `Expected after to be an endCursor of another page, or a version, but got ${JSON.stringify(text.slice(0, 100))}.`,
  );
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Of its part on this shard. Migrations and restores have none. */
const operationIdOf = (shard: string, { origin, version }: InspectedChange): string | null =>
  UUID.test(origin) ? formatOperationId({ origin, commits: [{ shard, version }] }) : null;
