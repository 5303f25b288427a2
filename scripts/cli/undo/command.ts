import type { Command } from 'commander';
import { apiCommand } from '../api-command.ts';
import { prose } from '../prose.ts';
import { terminalAt, type UndoOptions, undoOperation } from './undo-operation.ts';

export function addUndo(program: Command): void {
  apiCommand(program, 'undo')
    .summary('undoes one operation')
    .description(
      prose(
        `Undoes one operation, by its id as extensions.operations of a mutation has it: rows that are as the operation left them
go back to what they were; rows that it deleted are there again, and those that it created are gone. Rows that were changed
since are conflicts: they stay, and so do rows that cannot go back without them. No other row is changed.

Shows first what would be done, and asks. The undo is an operation itself: its id is printed, and it can be undone. The exit code is 1
where rows stayed, or nothing was done.`,
      ),
    )
    .argument('<operationId>', 'id of the operation')
    .option('--preview', 'show what would be done, and do nothing', false)
    .option('--yes', 'do it without asking; needed where there is no terminal', false)
    .addHelpText(
      'after',
      `
Examples:
  npm run shardql -- undo "$OPERATION_ID" --preview
  npm run shardql -- undo "$OPERATION_ID" --yes --json`,
    )
    .action(async (operationId: string, options: UndoOptions) => {
      process.exitCode = (await undoOperation(operationId, options, terminalAt(process.stdin, process.stdout))) ? 0 : 1;
    });
}
