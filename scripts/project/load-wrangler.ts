import { createRequire } from 'node:module';

/**
 * wrangler, which takes more than half a second to load: only what needs it calls this. By `require`, since an import would
 * first read all its 15 MB to tell which kind of module it is.
 */
export const loadWrangler = (): typeof import('wrangler') => createRequire(import.meta.url)('wrangler');
