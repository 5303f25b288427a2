import { ExactNumber, writeExact } from '../calls/exact-json.ts';

/** Characters that are shown of a value in a table. */
const SHORT = 80;

/** Up to here a value stays on its line. */
const ONE_LINE = 40;

/**
 * A value of a row: its text runs in its own direction, and characters that nobody sees are shown by signs. What is written back is
 * never taken from here.
 */
export function Value({ value, limit = SHORT }: { readonly value: unknown; readonly limit?: number }) {
  if (value === null || value === undefined) return <span class="null">null</span>;
  const text = typeof value === 'string' ? value : textOf(value);
  const isCut = text.length > limit;
  const sort = `${typeof value === 'string' ? 'value' : 'value json'}${text.length <= ONE_LINE ? ' short' : ''}`;
  return (
    <bdi class={sort} title={isCut ? `${text.length} characters` : undefined}>
      {withSigns(isCut ? `${text.slice(0, limit)}…` : text)}
    </bdi>
  );
}

export const textOf = (value: unknown): string => (value instanceof ExactNumber ? value.source : writeExact(value));

/** Control characters but tabs and ends of lines, marks that change the direction of what follows or take no room, and halves of characters. */
const UNSEEN = /[\p{Cc}\p{Bidi_Control}\p{Cs}\u200b\ufeff]/gu;

const withSigns = (text: string): string => text.replace(UNSEEN, signOf);

/** The pictures of control characters are where Unicode has them; others go by their numbers. */
function signOf(character: string): string {
  const code = character.charCodeAt(0);
  if (character === '\t' || character === '\n' || character === '\r') return character;
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? '\u2421' : `‹U+${code.toString(16).toUpperCase().padStart(4, '0')}›`;
}
