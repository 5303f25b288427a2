import { type GraphQLResolveInfo, getDirectiveValues } from 'graphql';
import { badUserInput } from '../../plans/bad-user-input.ts';
import { idempotentDirective } from './idempotent-directive.ts';

const MAX_KEY_CHARACTERS = 255;

/** Printable ASCII characters: what fits into a header. */
const KEY = /^[\x20-\x7e]+$/;

/**
 * The key that a root field of a mutation is sent with: that of its directive, else that of the request's header. Null: none.
 *
 * @throws ShardQLError BAD_USER_INPUT for what is no key, or where the field is selected with several.
 */
export function idempotencyKey(
  { fieldNodes, variableValues }: Pick<GraphQLResolveInfo, 'fieldNodes' | 'variableValues'>,
  header: string | null,
): string | null {
  const given = fieldNodes.flatMap((node) => {
    const values = getDirectiveValues(idempotentDirective, node, variableValues);
    return values ? [values.key as string] : [];
  });
  const [key = header, ...others] = new Set(given);
  if (others.length > 0) {
    throw badUserInput(
      'Expected one idempotency key for a field, but got several, as it is selected at several places. Use an alias.',
    );
  }
  if (key === null || (key.length <= MAX_KEY_CHARACTERS && KEY.test(key))) return key;
  throw badUserInput(
    `Expected an idempotency key of 1 to ${MAX_KEY_CHARACTERS} printable ASCII characters, but got ${key.length > MAX_KEY_CHARACTERS ? `${key.length} characters` : key === '' ? 'an empty one' : 'other characters'}.`,
  );
}
