/** `npm run shardql -- <command>`: works on a running API, and on the project. */
import { runShardql } from './cli/run.ts';

// The reader of the output, such as `head`, may have seen enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

await runShardql(process.argv.slice(2));
