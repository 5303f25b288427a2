import { badUserInput } from '../../../plans/bad-user-input.ts';
import { textToVersion, type Version } from '../../../shards/version.ts';

/** The `expectedVersion` argument; null where it is left out. */
export function expectedVersionArgument(text: string | null | undefined): Version | null {
  if (text === undefined) return null;
  const version = text === null ? null : textToVersion(text);
  if (version !== null) return version;
  throw badUserInput(
    'Expected expectedVersion to be the version of a row, but got another value. Leave it out to write any version.',
  );
}
