import type { Model } from '../../../model/types.ts';
import { badUserInput } from '../../../plans/bad-user-input.ts';
import { momentOfTime, momentOfVersion, requirePast } from '../../../plans/selection/asked-moment.ts';
import type { RestoreScope } from '../../../shards/restore.ts';
import type { Version } from '../../../shards/version.ts';
import { keysOf } from '../shard-keys.ts';

export interface RestoreArguments {
  readonly shardKeys?: readonly unknown[] | null | undefined;
  readonly type?: string | null | undefined;
  readonly shard?: string | null | undefined;
  readonly all?: boolean | null | undefined;
  readonly time?: string | null | undefined;
  readonly version?: string | null | undefined;
}

export function momentOf({ time = null, version = null }: Pick<RestoreArguments, 'time' | 'version'>): Version {
  if ((time === null) === (version === null)) {
    throw badUserInput(`Expected time or version, but got ${time === null ? 'neither' : 'both'}.`);
  }
  const moment = time === null ? momentOfVersion(version!) : momentOfTime(parsed(time));
  requirePast(moment, 'the time', Date.now());
  return moment;
}

function parsed(time: string): string {
  try {
    momentOfTime(time);
    return time;
  } catch (error) {
    throw badUserInput((error as Error).message);
  }
}

export function scopeOf(
  model: Model,
  { shardKeys = null, type = null, shard = null, all = null }: RestoreArguments,
): RestoreScope {
  const given = [shardKeys !== null, shard !== null, all === true].filter(Boolean).length;
  if (given !== 1) {
    throw badUserInput(`Expected one of shardKeys, shard and all: true, but got ${given === 0 ? 'none' : 'several'}.`);
  }
  if (type !== null && shardKeys === null)
    throw badUserInput('Expected type together with shardKeys, but got it without.');
  if (shardKeys !== null) return { shardKeys: keysOf(model, shardKeys, type) };
  return shard === null ? 'all' : { shard };
}
