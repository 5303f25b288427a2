import type { ShardQLError } from '../../shards/errors.ts';
import type { Filter } from '../../shards/plan/filter.ts';
import { badUserInput } from '../bad-user-input.ts';

/** A `where` argument after GraphQL's own checks: fields and operators are known, values have the right scalars. */
export type WhereInput = Readonly<Record<string, unknown>>;

/** Keeps every row. */
export const isTrivial = (filter: Filter): boolean => filter.op === 'and' && filter.terms.length === 0;

/** A conjunction without needless nesting. */
export const conjunctionOf = (terms: readonly Filter[]): Filter => {
  const needed = terms.filter((term) => !isTrivial(term));
  return needed.length === 1 ? needed[0]! : { op: 'and', terms: needed };
};

/** The fields of an input that are given, none of them null. `path` names its place in the arguments, for messages. */
export function* givenFields(input: WhereInput, path: string): Generator<[name: string, value: unknown, at: string]> {
  for (const [name, value] of Object.entries(input)) {
    const at = `${path}.${name}`;
    if (value === null) throw nullOperand(at);
    if (value !== undefined) yield [name, value, at];
  }
}

export const nullOperand = (path: string): ShardQLError =>
  badUserInput(
    `Expected a value at ${path}, but got null. Leave it out; isNull finds rows without a value, and none rows without related rows.`,
  );
