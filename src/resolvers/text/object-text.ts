/**
 * Objects and lists as JSON text, within a bound: a value that is in memory once may be shown hundreds of times, and each of them is
 * text of its own. What is written is looked at after each value, before it is put together with the rest.
 */
import { leaveToExecutor } from './left-to-executor.ts';

/** A response key, and what writes its value. */
export type Member<Source> = readonly [key: string, write: (source: Source) => string];

/** What may still be written, beside all that is being written around it. Writing waits for nothing: there is one text at a time. */
let charactersLeft = 0;

/** @throws LeftToExecutor for longer ones. */
export function writeWithin(maxCharacters: number, write: () => string): string {
  charactersLeft = maxCharacters;
  return write();
}

/** What writes objects of these members, in this order. */
export function objectText<Source>(members: readonly Member<Source>[]): (source: Source) => string {
  if (members.length === 0) return () => '{}';
  const parts = members.map(([key, write], at) => ({
    before: `${at === 0 ? '{' : ','}${JSON.stringify(key)}:`,
    write,
  }));
  return (source) => {
    const before = charactersLeft;
    let text = '';
    for (const part of parts) {
      text += part.before + part.write(source);
      charactersLeft = before - text.length;
      if (charactersLeft < 0) leaveToExecutor();
    }
    // Whoever puts it into a longer text counts it there.
    charactersLeft = before;
    return `${text}}`;
  };
}

export function listText<Item>(items: readonly Item[], write: (item: Item) => string): string {
  const before = charactersLeft;
  let text = '[';
  for (let at = 0; at < items.length; at++) {
    text += at === 0 ? write(items[at]!) : `,${write(items[at]!)}`;
    charactersLeft = before - text.length;
    if (charactersLeft < 0) leaveToExecutor();
  }
  charactersLeft = before;
  return `${text}]`;
}

/** What writes the same text for each. */
export function constantText(value: string): () => string {
  const text = JSON.stringify(value);
  return () => text;
}
