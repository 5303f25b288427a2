import type { Command } from 'commander';
import { ApiClient, type ApiOptions } from '../api-client.ts';
import { type ApiCommandOptions, apiCommand } from '../api-command.ts';
import { createKey, listKeys, type NewKeyOptions, revokeKey } from './keys.ts';

export function addKeys(program: Command): void {
  const keys = program
    .command('keys')
    .summary('creates, lists and revokes API keys')
    .description(
      'API keys let programs in: each has a name, a role, claims, and may expire. Only hashes of them are stored.',
    );

  apiCommand(keys, 'create')
    .summary('creates an API key, and prints it once')
    .description('Creates an API key and prints its text, which cannot be had again: send it as Authorization: Bearer.')
    .argument('<name>', 'what it is for: 1 to 64 letters, digits, ".", "_" and "-"')
    .requiredOption('--role <role>', 'required: a role that access rules let in, or operator')
    .option(
      '--claim <name=value...>',
      'what access rules know of the caller besides its role; values are JSON, or else text (default: none)',
    )
    .option('--expires <time>', 'when it expires, in ISO 8601 (default: never)')
    .addHelpText(
      'after',
      `
Examples:
  npm run --silent shardql -- keys create nightly-import --role operator --expires 2030-01-01
  npm run shardql -- keys create acme --role admin --claim shardKey=acme`,
    )
    .action(async (name: string, { json, role, claim, expires, ...api }: ApiOptions & NewKeyOptions) => {
      await createKey(new ApiClient(api), name, { json, role, ...(claim && { claim }), ...(expires && { expires }) });
    });

  apiCommand(keys, 'list')
    .summary('lists all API keys there ever were, oldest first')
    .description(
      'Lists all API keys there ever were, oldest first, with role, claims and state, and without their texts.',
    )
    .addHelpText('after', '\nExamples:\n  npm run shardql -- keys list')
    .action(async ({ json, ...api }: ApiCommandOptions) => listKeys(new ApiClient(api), { json }));

  apiCommand(keys, 'revoke')
    .summary('revokes an API key')
    .description('Revokes an API key. Isolates that have just seen it take it for up to 30 s more.')
    .argument('<name>', 'its name')
    .addHelpText('after', '\nExamples:\n  npm run shardql -- keys revoke nightly-import')
    .action(async (name: string, { json, ...api }: ApiCommandOptions) => revokeKey(new ApiClient(api), name, { json }));
}
