import { type Command, Option } from 'commander';
import { ApiClient, type ApiOptions } from '../api-client.ts';
import { apiCommand } from '../api-command.ts';
import { prose } from '../prose.ts';
import { ACTIONS, type ExplainOptions, explainAccess } from './explain-access.ts';

export function addAccess(program: Command): void {
  const access = program
    .command('access')
    .summary('says which access rule decides what a caller may do')
    .description('Says which rule of the model option "access" decides what a caller may do with a row.');

  apiCommand(access, 'explain')
    .summary('names the rule that decides about a row, and the part of it that does not hold')
    .description(
      prose(
        `Names the rule that lets a caller do something with a row, or that does not, and each part of it with the row's values: true,
FALSE, or later, for what can only be known once a write has made something of the row. Of an update it says which transitions are open.
The exit code is 1 if the caller may not.`,
      ),
    )
    .requiredOption('--as <caller>', 'required: <role> {claims as JSON}, the claims optional')
    .requiredOption('--row <nodeId>', 'required: the row, by its global id')
    .addOption(
      new Option('--action <action>', 'what the caller is to do; create: a row that is as this one')
        .choices(ACTIONS)
        .default('read'),
    )
    .addHelpText(
      'after',
      `
Examples:
  npm run shardql -- access explain --as 'customer {"shardKey":"t1","customerId":"c9"}' --row "$NODE_ID"
  npm run shardql -- access explain --as anonymous --row "$NODE_ID" --action delete --json`,
    )
    .action(async (options: ApiOptions & ExplainOptions) => {
      process.exitCode = (await explainAccess(new ApiClient(options), options)) ? 0 : 1;
    });
}
