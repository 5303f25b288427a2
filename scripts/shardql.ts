/** `npm run shardql -- <command>`: works on a running API, and on the project. */
import { CommanderError } from 'commander';
import { CliError } from './cli/cli-error.ts';
import { shardqlProgram } from './cli/program.ts';

// The reader of the output, such as `head`, may have seen enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

try {
  const program = await shardqlProgram(process.argv[2]);
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    if (error.code === 'commander.unknownCommand') console.error('All commands: npm run shardql -- --help');
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  } else if (error instanceof CliError || isFileError(error)) {
    console.error(error.message);
    process.exitCode = 2;
  } else throw error;
}

/** A file that cannot be read or written: Node's message names it. */
function isFileError(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && 'path' in error;
}
