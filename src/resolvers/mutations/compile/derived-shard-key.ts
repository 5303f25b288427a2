/**
 * Shard keys of new rows that a default makes. For a keyed write they are derived from the id of its key: generated again, the row would
 * go to another shard each time that the request is sent, and find nothing of the first time there.
 */
import { driverToWire } from '../../../model/codec.ts';
import type { ColumnModel, TableModel, WireValue } from '../../../model/types.ts';
import { badUserInput } from '../../../plans/bad-user-input.ts';

/** What is derived while some work runs, which is synchronous: nothing else runs meanwhile. Null: nothing. */
let derivation: { readonly base: bigint; count: number } | null = null;

/**
 * Runs `work`, in which shard keys that defaults would make come from this id, one after another.
 *
 * @param id a UUID, of `Idempotency`.
 */
export function derivingShardKeys<T>(id: string, work: () => T): T {
  derivation = { base: BigInt(`0x${id.replaceAll('-', '')}`), count: 0 };
  try {
    return work();
  } finally {
    derivation = null;
  }
}

/**
 * The value that the default of a column gives a new row.
 *
 * @throws ShardQLError BAD_USER_INPUT for a shard key that has to be derived, and has a form in which it cannot.
 */
export function defaultValue(table: TableModel, column: ColumnModel): WireValue {
  const made = driverToWire(column, column.defaultFn!());
  if (derivation === null || column !== table.shardKey) return made;
  const bits = (derivation.base + BigInt(derivation.count++)) % 2n ** 128n;
  if (typeof made === 'string' && ULID.test(made)) return toUlid(bits);
  if (typeof made === 'string' && UUID.test(made)) return toUuid(bits, made);
  throw badUserInput(
    `Expected a value for ${table.typeName}.${column.name} of a write with an idempotency key, but got none. Its default makes neither ULIDs nor UUIDs, and so cannot be derived from the key: give a value.`,
    { table: table.typeName, field: column.name },
  );
}

const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** 26 digits of five bits, the first of them of three. */
const toUlid = (bits: bigint): string =>
  Array.from({ length: 26 }, (_, index) => DIGITS[Number((bits >> BigInt(5 * (25 - index))) & 31n)]).join('');

/** With version and variant of the UUID that was made. */
function toUuid(bits: bigint, { 14: version, 19: variant }: string): string {
  const hex = bits.toString(16).padStart(32, '0');
  const digits = `${hex.slice(0, 12)}${version}${hex.slice(13, 16)}${variant}${hex.slice(17)}`;
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
