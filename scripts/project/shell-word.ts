/** What needs no quotes in any shell. */
const PLAIN_WORD = /^[\w./=:-]+$/;

/** An argument as a POSIX shell takes it, for commands that messages propose. */
export const shellWord = (text: string): string =>
  PLAIN_WORD.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
