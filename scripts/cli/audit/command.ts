import type { Command } from 'commander';
import { ApiClient, type ApiOptions } from '../api-client.ts';
import { apiCommand } from '../api-command.ts';
import { prose } from '../prose.ts';
import { type AuditOptions, showAudit } from './audit.ts';

export function addAudit(program: Command): void {
  apiCommand(program, 'audit')
    .summary('shows what operators did')
    .description(
      prose(
        `Shows the latest actions of operators, latest first: when, what, of what, with which outcome, by which credential, from which address.
Imports, exports, purges and warming are recorded once an hour for each table and caller. The last 10,000 actions of the last 90 days are
kept.`,
      ),
    )
    .option('--limit <number>', 'how many are shown, from 1 to 10,000', '100')
    .addHelpText(
      'after',
      '\nExamples:\n  npm run shardql -- audit --limit 20\n  npm run --silent shardql -- audit --json',
    )
    .action(async (options: ApiOptions & AuditOptions) => showAudit(new ApiClient(options), options));
}
