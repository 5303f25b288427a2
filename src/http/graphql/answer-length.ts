/** How long an answer is before it is text: a value that is shown hundreds of times is in memory once, in a text hundreds of times. */
import { type OperationResult, WrittenData } from '../../resolvers/text/written-data.ts';
import type { RequestScope } from '../request-scope.ts';

/** What of a request tells how often its answer may repeat what was read. */
type AnswerOrigin = Pick<RequestScope, 'shards' | 'reader' | 'sharesRows'>;

/**
 * Whether an answer can be longer than so many characters, as far as it shows rows. Cheap: the length of what came from shards, and
 * how many aliases there are. Where rows come from elsewhere, or one is shown for several, it can.
 *
 * @param aliases in the operation: each may show its value once more.
 */
export function mayBeLonger(
  limit: number,
  { shards, reader, sharesRows = false }: AnswerOrigin,
  aliases: number,
): boolean {
  if (sharesRows || reader.hasOtherRows) return true;
  // Rows may stand below `nodes` and below `edges`.
  return shards.trace.charactersRead * (1 + aliases) * 2 > limit;
}

/** True if the JSON text of an answer would be longer. Looks at no more of it than that. Escapes are not counted. */
export const isLonger = ({ data }: OperationResult, limit: number): boolean =>
  data instanceof WrittenData ? data.text.length > limit : charactersLeft(data, limit) < 0;

/** Names and marks around a value. */
const MARKS = 3;
/** Of numbers, those that most have; true and null have as many. */
const CHARACTERS_OF_NUMBER = 4;

/** By recursion: documents, and JSON values, end at some hundred levels. */
function charactersLeft(value: unknown, limit: number): number {
  if (typeof value === 'string') return limit - value.length - MARKS;
  if (typeof value !== 'object' || value === null) return limit - CHARACTERS_OF_NUMBER;
  let left = limit;
  if (Array.isArray(value)) {
    for (const each of value) {
      left = charactersLeft(each, left);
      if (left < 0) return left;
    }
    return left;
  }
  for (const name in value) {
    left = charactersLeft((value as Record<string, unknown>)[name], left - name.length - MARKS);
    if (left < 0) return left;
  }
  return left;
}
