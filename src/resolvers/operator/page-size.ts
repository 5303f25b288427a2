import { badUserInput } from '../../plans/bad-user-input.ts';

/** @throws ShardQLError BAD_USER_INPUT unless it is a whole number from 0 to `max`. */
export function requirePageSize(first: number, max: number): void {
  if (Number.isInteger(first) && first >= 0 && first <= max) return;
  throw badUserInput(`Expected first to be 0 to ${max.toLocaleString('en-US')}, but got ${first}.`);
}
