/** What goes wrong is reported as a typed event (`src/events`), whose log alone writes to the console. */
import { blankStringsAndComments, type SourceFile } from './source-files.ts';

const LOG = 'src/events/log.ts';

/** One sentence per place in `src` that writes to the console by itself. */
export const consoleProblems = (files: readonly SourceFile[]): string[] =>
  files
    .filter(({ path }) => path !== LOG)
    .flatMap(({ path, text }) =>
      blankStringsAndComments(text)
        .split('\n')
        .flatMap((line, index) =>
          /\bconsole\b/.test(line)
            ? [`${path}:${index + 1}: Expected a report of an event (src/events), but got the console.`]
            : [],
        ),
    );
