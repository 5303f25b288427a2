import { type Call, operatorCall } from '../calls/call.ts';

export interface Shard {
  readonly name: string;
  readonly slots: number;
  /** First and last, of the 16,384; beyond them are those of shard keys that were placed. */
  readonly slotRanges: readonly (readonly [first: number, last: number])[];
  readonly jurisdiction: string | null;
  readonly location: string | null;
  readonly asOf: string | null;
  readonly migration: string | null;
  readonly lastCommitAt: string | null;
  readonly unpublishedKeys: number | null;
  readonly logBytes: number | null;
  readonly restorableSince: string | null;
  readonly liveBytes: number | null;
  readonly bytes: number | null;
  readonly level: 'OK' | 'WARN' | 'PLAN' | 'FULL' | null;
  readonly rows: number | null;
  readonly warnBytes: number | null;
  readonly planBytes: number | null;
  readonly fullBytes: number | null;
  readonly growthPerDay: number | null;
  readonly reaches80At: string | null;
  readonly fullAt: string | null;
  readonly code: string | null;
  readonly largeShardKeys: readonly {
    readonly shardKey: string;
    readonly bytes: number;
    readonly share: number;
    readonly growthPerDay: number | null;
  }[];
}

export interface ShardsAnswer {
  readonly shards: readonly Shard[];
}

export const SHARDS = `query Shards($live: Boolean!) {
  shards(live: $live) {
    name slots slotRanges jurisdiction location asOf migration lastCommitAt unpublishedKeys logBytes restorableSince
    liveBytes bytes level rows warnBytes planBytes fullBytes growthPerDay reaches80At fullAt code
    largeShardKeys { shardKey bytes share growthPerDay }
  }
}`;

export const shardsCall = (live = false): Call => operatorCall(SHARDS, { live });
