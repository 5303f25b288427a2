import { join } from 'node:path';

/** Of the Worker whose log can be left out, and trimmed at once. */
export const LOG_CONFIG = join(import.meta.dirname, '../log/wrangler.toml');
