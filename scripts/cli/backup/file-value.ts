import type { LoggedValue } from '../../../src/shards/server/log/row-image.ts';

/** A value of a file of a backup: integers are `bigint`s. */
export type FileValue = null | string | bigint | number | Uint8Array;

/** The same of an image. */
export function toFileValue(value: LoggedValue): FileValue {
  switch (value.type) {
    case 'null':
      return null;
    case 'integer':
      return BigInt(value.digits);
    case 'blob':
      return new Uint8Array(value.value);
    default:
      return value.value;
  }
}
