import type { SourcePositions } from './source-positions.ts';
import { StartError } from './start-error.ts';

/** What the runtime writes about a Worker that throws when it loads: the error's text and the lines of its stack. */
const UNCAUGHT = /Uncaught (?:Error: )?([\s\S]*)/;

/** Errors that say by themselves what to do. */
const SELF_EXPLANATORY = /^(?:ModelError|ShardQLError): /;

/** Why a Worker does not start, of all that the runtime wrote when it ended. */
export function startFailure(logs: readonly string[], ended: Error, positions: SourcePositions): StartError {
  const text = logs.map((log) => UNCAUGHT.exec(log)?.[1]).find((found) => found !== undefined);
  if (text === undefined) {
    const reason = logs.find((log) => log.trim() !== '') ?? ended.message;
    return new StartError(`The Worker does not start: ${reason.trim().split('\n')[0]}`);
  }
  if (!SELF_EXPLANATORY.test(text))
    return new StartError(`The Worker does not start: ${positions.translate(text).trim()}`);
  return new StartError(
    text
      .replace(SELF_EXPLANATORY, '')
      .replace(/\n\s+at [^\n]*:\d+:\d+[^\n]*/g, '')
      .trim(),
  );
}
