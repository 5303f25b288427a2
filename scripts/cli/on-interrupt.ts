/** As shells report a process that Ctrl+C has ended. */
const INTERRUPTED = 130;

/**
 * Has Ctrl+C say what goes on without the command, and end it.
 *
 * @returns stops that: nothing goes on any more.
 */
export function onInterrupt(message: string): () => void {
  const listener = () => {
    console.error(`\n${message}`);
    process.exit(INTERRUPTED);
  };
  process.once('SIGINT', listener);
  return () => process.off('SIGINT', listener);
}
