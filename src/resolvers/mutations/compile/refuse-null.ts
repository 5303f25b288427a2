import { badUserInput } from '../../../plans/bad-user-input.ts';
import { type InputPath, withInputPath } from './input-path.ts';

/**
 * Null for an optional argument of a write, or for a member that says what is written, is a mistake: what it would mean can be
 * said by leaving it out.
 *
 * @param given arguments, or an input object that is none of a row's values.
 * @param path of `given` in the arguments.
 * @throws ShardQLError BAD_USER_INPUT with the place of the null.
 */
export function refuseNull(given: object, path: InputPath = []): void {
  for (const [name, value] of Object.entries(given)) {
    if (value !== null) continue;
    const place = [...path, name];
    throw withInputPath(
      badUserInput(`Expected a value at ${place.join('.')}, but got null. Leave it out instead.`),
      place,
    );
  }
}
