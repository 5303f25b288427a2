/** `npm run shardql -- <command>`: works on a running API, and on the project. */
import { Command, CommanderError } from 'commander';
import { addAccess } from './cli/access/command.ts';
import { addAudit } from './cli/audit/command.ts';
import { addBackup } from './cli/backup/command.ts';
import { addBookmark } from './cli/bookmark/command.ts';
import { CliError } from './cli/cli-error.ts';
import { addDeadLetters } from './cli/dead-letters/command.ts';
import { addDoctor } from './cli/doctor/command.ts';
import { addExport } from './cli/export/command.ts';
import { addImport } from './cli/import/command.ts';
import { addKeys } from './cli/keys/command.ts';
import { addMigrate } from './cli/migrate/command.ts';
import { requireOwnOptions } from './cli/own-options.ts';
import { addPersist } from './cli/persist/command.ts';
import { addRestore } from './cli/restore/command.ts';
import { addSchema } from './cli/schema/command.ts';
import { addStatus } from './cli/status/command.ts';
import { addToken } from './cli/token/command.ts';
import { addUndo } from './cli/undo/command.ts';
import { addWarm } from './cli/warm/command.ts';

const EXIT_CODES = `
Exit codes:
  0  all is well
  1  some rows failed, or something is wrong
  2  wrong usage, or the API cannot be reached or refuses`;

// The reader of the output, such as `head`, may have seen enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

const program = new Command('npm run shardql --')
  .description('Works on a running ShardQL API, and on a project. Each command has --help of its own.')
  .exitOverride()
  .addHelpText('afterAll', EXIT_CODES);

// In the order in which --help lists them.
for (const add of [
  addImport,
  addExport,
  addBackup,
  addSchema,
  addStatus,
  addMigrate,
  addDeadLetters,
  addKeys,
  addAccess,
  addToken,
  addAudit,
  addPersist,
  addUndo,
  addRestore,
  addBookmark,
  addWarm,
  addDoctor,
]) {
  add(program);
}
requireOwnOptions(program);

try {
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
