/** Column types and defaults that Drizzle lacks. They are ordinary Drizzle columns: drizzle-kit reads them as such. */
import { customType } from 'drizzle-orm/sqlite-core';
import { ulid as newUlid } from 'ulid';
import { randomByte } from '../lib/random-byte.ts';
import { parseDateTime } from './values/date-time.ts';

/** Marks in a column's configuration which of the types below it is; read by `column-model.ts`. */
export const INT64 = 'shardql:int64';
export const DATE_TIME = 'shardql:dateTime';

const int64Type = customType<{ data: bigint; driverData: string; config: { type: string } }>({
  dataType: () => 'integer',
  toDriver: (value) => value.toString(),
  fromDriver: (value) => BigInt(value),
});

const dateTimeType = customType<{ data: string; driverData: string; config: { type: string } }>({
  dataType: () => 'text',
  toDriver: parseDateTime,
});

/** A 64-bit integer: SQLite `integer`, GraphQL `BigInt` (a decimal string). Use it where 32 bits (GraphQL `Int`) do not suffice. */
export const int64 = <Name extends string = ''>(name?: Name) => int64Type((name ?? '') as Name, { type: INT64 });

/** A moment: ISO 8601 text in UTC with milliseconds, of fixed width, so that it orders as text. Other ISO forms are normalised. */
export const dateTime = <Name extends string = ''>(name?: Name) =>
  dateTimeType((name ?? '') as Name, { type: DATE_TIME });

/** Default for `dateTime()` columns: the present moment. */
export const now = (): string => new Date().toISOString();

/** Default for text keys: a ULID, unique everywhere and ordered by the millisecond of its making. */
export const ulid = (): string => newUlid(undefined, randomFraction);

const randomFraction = (): number => randomByte() / 256;
