/** `npm run shardql -- <command>`: works on a running API. */
import { Command, CommanderError } from 'commander';
import { CliError } from './cli/cli-error.ts';
import { importPaths } from './cli/import-paths.ts';

const DEFAULT_URL = 'http://127.0.0.1:8787';

const program = new Command('shardql').description('Works on a running ShardQL API.').exitOverride();

program
  .command('import')
  .description(
    'Upserts rows of NDJSON files, one file per table, named <table>.ndjson. Tables go in the order that their foreign ' +
      'keys need. Importing again changes nothing. Exit code: 0 all rows are in, 1 some rows failed, 2 the rest.',
  )
  .argument('<path...>', 'NDJSON files, or folders of them')
  .option('--url <url>', 'where the API is', DEFAULT_URL)
  .action(async (paths: string[], { url }: { url: string }) => {
    const failed = await importPaths(url, paths);
    process.exitCode = failed === 0 ? 0 : 1;
  });

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else if (error instanceof CliError) {
    console.error(error.message);
    process.exitCode = 2;
  } else throw error;
}
