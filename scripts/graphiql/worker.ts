/**
 * The local server's second Worker: GraphiQL's page and assets from a folder. It is bound to the API's Worker as a
 * service instead of standing in front of it, so requests to the API never pass it.
 */
import { answerAsset } from './answer-asset.ts';

interface Env {
  /** workerd's disk service over all builds: answers paths with files, without content types. */
  readonly CACHE: Fetcher;
  /** The build to serve. */
  readonly BUILD: string;
  /** Tabs of a first visit: JSON text of GraphiQL's `defaultTabs`. */
  readonly EXAMPLES: string;
}

export default {
  fetch: ({ url }, { CACHE, BUILD, EXAMPLES }) =>
    answerAsset(url, {
      examples: EXAMPLES,
      read: async (name) => {
        const file = await CACHE.fetch(`http://cache/${BUILD}/${name}`);
        return file.ok ? file.body : null;
      },
    }),
} satisfies ExportedHandler<Env>;
