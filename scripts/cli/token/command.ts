import type { Command } from 'commander';
import { prose } from '../prose.ts';

export function addToken(program: Command): void {
  program
    .command('token')
    .summary('prints a token with which a client can ask an API on this machine as any role')
    .description(
      prose(
        `Prints a JSON Web Token for Authorization: Bearer that npm start and npm run dev accept, and nobody else: to try a client with
credentials before there is an issuer of real ones. Asks no API; a role that the project's model does not know is refused.`,
      ),
    )
    .requiredOption('--as <caller>', 'required: whose token it is: <role> {claims as JSON}, the claims optional')
    .option('--expires <time>', 'when it expires, in ISO 8601 (default: in 30 days)')
    .option(
      '--config <file>',
      'wrangler.toml of the Worker, whose model says which roles there are (default: wrangler.toml, if it is there)',
    )
    .option('--json', 'print the result as JSON', false)
    .addHelpText(
      'after',
      `
Examples:
  npm run --silent shardql -- token --as 'customer {"shardKey":"t1","customerId":"c9"}'
  npm run --silent shardql -- token --as operator --expires 2030-01-01
  npm run --silent shardql -- token --as admin --config path/to/wrangler.toml`,
    )
    .action(async (options: { as: string; expires?: string; config?: string; json: boolean }) => {
      // Loaded here because it brings jose along, which the other commands need not wait for.
      const { createToken } = await import('./create-token.ts');
      await createToken(options);
    });
}
