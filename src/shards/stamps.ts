/**
 * Stamps: per shard key one small document with the versions at which its rows last changed. The shard that owns the
 * shard key is its only writer (C2); readers of cached answers compare the answers' `asOf` with it (C1).
 *
 * A cached answer depends on whole tables, or on buckets of a table: the bucket of a primary key, or of the values of a
 * stamped column set (`stamped-columns.ts`). Two things that share a bucket cost each other misses, nothing more.
 */
import { fnv1a32 } from '../lib/fnv1a.ts';
import type { WireValue } from '../model/types.ts';
import type { ShardKey } from './shard-key.ts';
import type { Version } from './version.ts';

/**
 * Hash buckets per table: so many that two rows that are often read seldom share one, so few that a document in which all
 * of them have changed stays within some 20 kB per table. A power of two.
 */
export const STAMP_BUCKETS = 1_024;

export interface TableStamps {
  /** Version of the last change of any row. */
  readonly last: Version;
  /** Version of the last change without buckets (a bulk write): it counts for every bucket. */
  readonly all: Version;
  /** Version of the last change by bucket; those without one are left out. */
  readonly buckets: ReadonlyMap<number, Version>;
}

export interface Stamps {
  /** Older changes may have been forgotten: nothing that was read before may be used. */
  readonly floor: Version;
  /** By GraphQL type; tables without recent changes are left out. */
  readonly tables: ReadonlyMap<string, TableStamps>;
}

/** What a cached answer depends on: a bucket of a table, or (null) all of it. */
export interface StampDependency {
  readonly table: string;
  readonly bucket: number | null;
}

/** What a commit changed of a table: some buckets, or (null) all of it. */
export type Touched = readonly [table: string, buckets: readonly number[] | null];

/** What a commit changed under some shard keys. */
export interface Change {
  /** Name of the shard. */
  readonly shard: string;
  /** Null: all that the shard has. */
  readonly shardKeys: readonly ShardKey[] | null;
  readonly version: Version;
  readonly touched: readonly Touched[];
}

/** Version of the last change of a dependency, as far as the stamps know: an answer read before it may be old. */
export function lastChange({ floor, tables }: Stamps, { table, bucket }: StampDependency): Version {
  const stamps = tables.get(table);
  if (stamps === undefined) return floor;
  const changed = bucket === null ? stamps.last : Math.max(stamps.all, stamps.buckets.get(bucket) ?? 0);
  return Math.max(floor, changed);
}

/** Bucket of the row with this primary key, given as wire values in the key's order. */
export const rowBucket = (key: readonly WireValue[]): number => bucketOf(`id ${JSON.stringify(key)}`);

/** Bucket of the rows that have these values (wire values) in these columns, a stamped column set in its order. */
export const valueBucket = (columns: readonly string[], values: readonly WireValue[]): number =>
  bucketOf(`${JSON.stringify(columns)} ${JSON.stringify(values)}`);

/** Both sides must agree on it; a change needs a new format number. */
function bucketOf(text: string): number {
  const hash = fnv1a32(text);
  return ((hash >>> 16) ^ hash) & (STAMP_BUCKETS - 1);
}

/** 1 had 64 buckets, 2 no schema. */
const FORMAT = 3;

/** `[format, schema, floor, [[table, last, all, [bucket, version, …]], …]]`. `schema`: see `stampSchema`. */
export const encodeStamps = ({ floor, tables }: Stamps, schema: string): string =>
  JSON.stringify([
    FORMAT,
    schema,
    floor,
    [...tables].map(([table, { last, all, buckets }]) => [table, last, all, [...buckets].flat()]),
  ]);

type EncodedTable = [table: string, last: Version, all: Version, flat: number[]];

/**
 * Null for a text of another format: then nothing is known, and every answer must be taken as old. Stamps of another
 * schema count any change as a change of everything.
 */
export function decodeStamps(text: string, schema: string): Stamps | null {
  try {
    const [format, itsSchema, floor, tables] = JSON.parse(text) as [number, string, Version, EncodedTable[]];
    if (format !== FORMAT || !isVersion(floor)) return null;
    const decoded = new Map<string, TableStamps>();
    for (const [table, last, all, flat] of tables) {
      if (typeof table !== 'string' || ![last, all, ...flat].every(isVersion) || flat.length % 2 !== 0) return null;
      const buckets = new Map<number, Version>();
      for (let at = 0; at < flat.length; at += 2) buckets.set(flat[at]!, flat[at + 1]!);
      decoded.set(table, { last, all, buckets });
    }
    return itsSchema === schema
      ? { floor, tables: decoded }
      : { floor: latest(floor, decoded.values()), tables: new Map() };
  } catch {
    return null;
  }
}

const latest = (floor: Version, tables: Iterable<TableStamps>): Version =>
  Math.max(floor, ...[...tables].map(({ last }) => last));

const isVersion = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
