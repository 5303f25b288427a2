import type { Command } from 'commander';
import { JURISDICTIONS, LOCATIONS } from '../../../src/shards/place-settings.ts';
import { ApiClient, type ApiOptions } from '../api-client.ts';
import { apiCommand } from '../api-command.ts';
import { prose } from '../prose.ts';
import { type PlaceOptions, placeKeys } from './place-keys.ts';

export function addPlace(program: Command): void {
  apiCommand(program, 'place')
    .summary('has the rows of shard keys kept in a jurisdiction or region')
    .description(
      prose(
        `Gives shard keys, such as the ids of new tenants, a shard in a place of their own, before their first row: those that have rows, or
once had, are refused. Shards of a place are made as they are needed: eu-0, eu-1. The deployment needs no change. See "Where the rows of one
tenant are" in docs/deploying.md.`,
      ),
    )
    .argument('[shard-keys...]', 'up to 100 shard keys (default: none, as for --list)')
    .option('--type <type>', 'table that they are of; needed where shard keys are of several kinds (default: none)')
    .option(
      '--jurisdiction <code>',
      `where rows are stored, and nowhere else: ${JURISDICTIONS.join(', ')} (default: none)`,
    )
    .option('--location <code>', `region near which a new shard is made: ${LOCATIONS.join(', ')} (default: none)`)
    .option(
      '--shard <name>',
      'in place of both: a shard by its name, such as eu-1 (default: the last one of the place)',
    )
    .option('--undo', 'take shard keys without rows back to the shards of their hashes', false)
    .option('--list', 'show the shard keys that were placed', false)
    .addHelpText(
      'after',
      `
Examples:
  npm run shardql -- place acme --jurisdiction eu
  npm run shardql -- place acme globex --type Tenant --location weur
  npm run shardql -- place hot-tenant --shard eu-1
  npm run shardql -- place --list --json`,
    )
    .action(async (shardKeys: readonly string[], options: ApiOptions & PlaceOptions) => {
      await placeKeys(new ApiClient(options), shardKeys, options);
    });
}
