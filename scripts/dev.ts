/** `npm run dev`: `wrangler dev`, with what it lacks. */
import { dev } from './dev/dev.ts';
import { parseDevOptions } from './dev/options.ts';

await dev(parseDevOptions(process.argv.slice(2)));
