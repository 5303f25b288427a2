import type { Command } from 'commander';
import { ApiClient } from '../api-client.ts';
import { type ApiCommandOptions, apiCommand } from '../api-command.ts';

export function addSchema(program: Command): void {
  apiCommand(program, 'schema')
    .summary('prints the API as SDL')
    .description('Prints the API in the schema definition language of GraphQL.')
    .addHelpText('after', '\nExamples:\n  npm run --silent shardql -- schema > schema.graphql')
    .action(async ({ json, ...api }: ApiCommandOptions) => {
      const sdl = await (await new ApiClient(api).request('/schema')).text();
      process.stdout.write(json ? `${JSON.stringify({ sdl })}\n` : sdl);
    });
}
