/** `npm start`: serves the API on this machine as it runs when deployed, with rows that stay. */
import { parseStartOptions } from './start/options.ts';
import { start } from './start/start.ts';
import { StartError } from './start/start-error.ts';

try {
  const args = process.argv.slice(2);
  await start(parseStartOptions(args, process.env), args);
} catch (error) {
  if (!(error instanceof StartError)) throw error;
  console.error(error.message);
  process.exit(error.exitCode);
}
