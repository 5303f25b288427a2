import { sha256, toHex } from '../../lib/hex.ts';
import { decodeToken, encodeToken } from '../../plans/tokens/token.ts';
import { ShardQLError } from '../../shards/errors.ts';

/** What an agent is given at once, in bytes of UTF-8, with what stands around it. */
export const MAX_ANSWER_BYTES = 25_000;
/** For what stands around the text of an answer. */
const AROUND_BYTES = 1_000;

interface AnswerPart {
  readonly text: string;
  /** What to send for the next part; null: this is the last one. */
  readonly cursor: string | null;
  readonly isFirst: boolean;
}

/**
 * One part of a text: the first, or the one that a cursor names. Callers recompute the text for each part.
 *
 * @throws ShardQLError BAD_USER_INPUT for a text that is no cursor; CONFLICT if the text is not the one that the cursor is of.
 */
export async function answerPart(whole: string, cursor: string | null): Promise<AnswerPart> {
  const bytes = new TextEncoder().encode(JSON.stringify(whole)).length;
  if (cursor === null && bytes <= MAX_ANSWER_BYTES - AROUND_BYTES) return { text: whole, cursor: null, isFirst: true };
  const digest = toHex(await sha256(whole)).slice(0, 32);
  const from = cursor === null ? 0 : startOf(cursor, digest, whole.length);
  const end = endOf(whole, from);
  return {
    text: whole.slice(from, end),
    cursor: end === whole.length ? null : encodeToken([end, digest]),
    isFirst: from === 0,
  };
}

function startOf(cursor: string, digest: string, length: number): number {
  const [start, of, ...more] = decodeToken(cursor) ?? [];
  if (
    typeof start !== 'number' ||
    !Number.isSafeInteger(start) ||
    start < 1 ||
    typeof of !== 'string' ||
    more.length > 0
  ) {
    throw new ShardQLError(
      'BAD_USER_INPUT',
      'Expected _cursor to be one that this tool gave out, but got another text.',
    );
  }
  if (of !== digest || start >= length) {
    throw new ShardQLError(
      'CONFLICT',
      'Expected the answer that the cursor is of, but got another: rows or arguments have changed. Call the tool again without _cursor.',
    );
  }
  return start;
}

/** Texts are cut between characters, and counted as they will be escaped in JSON. */
function endOf(text: string, from: number): number {
  const encoder = new TextEncoder();
  const bytesTo = (end: number) => encoder.encode(JSON.stringify(text.slice(from, end))).length;
  let [fits, tooMuch] = [from + 1, text.length + 1];
  while (tooMuch - fits > 1) {
    const middle = (fits + tooMuch) >> 1;
    if (bytesTo(middle) <= MAX_ANSWER_BYTES - AROUND_BYTES) fits = middle;
    else tooMuch = middle;
  }
  const isSplit = fits < text.length && /[\ud800-\udbff]/.test(text[fits - 1]!) && fits - from > 1;
  return isSplit ? fits - 1 : fits;
}
