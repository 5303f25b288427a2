/**
 * The local server's second Worker: files of the pages from a folder. It is bound to the API's Worker as a service instead of
 * standing in front of it, so requests to the API never pass it.
 */
import { answerFile } from './answer-file.ts';

interface Env {
  /** workerd's disk service over all builds: answers paths with files, without content types. */
  readonly CACHE: Fetcher;
  /** The build to serve of each page. */
  readonly BUILDS: Readonly<Record<string, string>>;
  /** Says where the lines of a stack come from; absent where nobody knows. */
  readonly SOURCES?: Fetcher;
  /** Tabs of a first visit: JSON text of GraphiQL's `defaultTabs`. */
  readonly EXAMPLES: string;
}

export default {
  fetch: ({ url }, { CACHE, BUILDS, EXAMPLES, SOURCES }) =>
    answerFile(url, {
      examples: EXAMPLES,
      translate: async (stack) =>
        SOURCES ? await (await SOURCES.fetch('http://sources/', { method: 'POST', body: stack })).text() : null,
      read: async (page, name) => {
        if (!Object.hasOwn(BUILDS, page)) return null;
        const file = await CACHE.fetch(`http://cache/${BUILDS[page]}/${name}`);
        return file.ok ? file.body : null;
      },
    }),
} satisfies ExportedHandler<Env>;
