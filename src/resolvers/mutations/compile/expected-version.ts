import type { TableModel } from '../../../model/types.ts';
import { badUserInput } from '../../../plans/bad-user-input.ts';
import { textToVersion, type Version } from '../../../shards/version.ts';

/** Whether rows of an upsert have `expectedVersion`: not where a column is called so. */
export const expectsVersions = ({ columnByName }: TableModel): boolean => !columnByName.has('expectedVersion');

/** The `expectedVersion` argument; null where it is left out. */
export function expectedVersionArgument(text: string | null | undefined): Version | null {
  if (text === undefined) return null;
  const version = text === null ? null : textToVersion(text);
  if (version !== null) return version;
  throw badUserInput(
    'Expected expectedVersion to be the version of a row, but got another value. Leave it out to write any version.',
  );
}
