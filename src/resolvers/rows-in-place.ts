import { badUserInput } from '../plans/bad-user-input.ts';
import type { Row } from './show/row.ts';

/** Null: there is no such row, or the caller may not see it. The executor makes an error null, with its path. */
export type RowOrError = Row | null | Error;

/** Each error is made, located and written: a list of thousands would cost more than all rows of an answer. */
const MAX_FAILURES = 100;

/** @throws ShardQLError, the first of the failures, if there are too many to show each in its place. */
export function requireFew(failures: ReadonlyMap<number, Error>): void {
  if (failures.size <= MAX_FAILURES) return;
  const [first] = failures.values();
  throw badUserInput(`${first!.message} ${failures.size - 1} others are wrong too.`);
}

interface RowsOfPlaces {
  /** Of the list, as many as there are rows. */
  readonly places: readonly number[];
  readonly rows: Promise<readonly (Row | null)[]>;
}

/**
 * A list of rows that were asked for by several reads.
 *
 * @param failures what was wrong with what was asked for, by place.
 * @param reads of all other places. One that fails is an error at each of them.
 */
export async function rowsInPlace(
  length: number,
  failures: ReadonlyMap<number, Error>,
  reads: readonly RowsOfPlaces[],
): Promise<readonly RowOrError[]> {
  const inPlace: RowOrError[] = Array.from({ length }, (_, index) => failures.get(index) ?? null);
  await Promise.all(
    reads.map(async ({ places, rows }) => {
      const read = await rows.catch((error: Error) => places.map(() => error));
      for (const [position, place] of places.entries()) inPlace[place] = read[position]!;
    }),
  );
  return inPlace;
}
