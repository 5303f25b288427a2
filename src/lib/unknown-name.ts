import { closestName } from './closest-name.ts';

/** Names that a message lists. */
const MAX_LISTED = 20;

/** Says that a name is none of those that may stand there, which are told. */
export function unknownName(what: string, given: string, known: readonly string[]): string {
  const listed = known.slice(0, MAX_LISTED).join(', ');
  const more = known.length > MAX_LISTED ? ` or ${known.length - MAX_LISTED} others` : '';
  const closest = closestName(given, known);
  const hint = closest === undefined ? '' : ` Did you mean ${JSON.stringify(closest)}?`;
  return `Expected ${what} to be one of ${listed}${more}, but got ${JSON.stringify(given)}.${hint}`;
}
