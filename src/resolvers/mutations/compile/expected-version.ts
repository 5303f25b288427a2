import type { TableModel } from '../../../model/types.ts';
import { badUserInput } from '../../../plans/bad-user-input.ts';
import { textToVersion, type Version } from '../../../shards/version.ts';
import { type InputPath, withInputPath } from './input-path.ts';

/** Whether rows of an upsert have `expectedVersion`: not where a column or a relation is called so. */
export const expectsVersions = ({ columnByName, relationByName }: TableModel): boolean =>
  !columnByName.has('expectedVersion') && !relationByName.has('expectedVersion');

/**
 * The member `expectedVersion`; null where it is left out.
 *
 * @param path of what has it.
 */
export function expectedVersionIn(
  { expectedVersion: text }: { readonly expectedVersion?: string | null },
  path: InputPath,
): Version | null {
  if (text === undefined) return null;
  const version = text === null ? null : textToVersion(text);
  if (version !== null) return version;
  throw withInputPath(
    badUserInput(
      'Expected expectedVersion to be the version of a row, but got another value. Leave it out to write any version.',
    ),
    [...path, 'expectedVersion'],
  );
}
