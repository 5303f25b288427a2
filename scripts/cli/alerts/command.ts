import type { Command } from 'commander';
import { ApiClient } from '../api-client.ts';
import { type ApiCommandOptions, apiCommand } from '../api-command.ts';
import {
  acknowledgeAlert,
  listAlerts,
  removeSilence,
  type SilenceOptions,
  silenceAlerts,
  testAlert,
} from './alerts.ts';

export function addAlerts(program: Command): void {
  const alerts = program
    .command('alerts')
    .summary('shows what is wrong, silences and acknowledges alerts, tests the webhook')
    .description(
      'Alerts say what isolates and shards have reported that is wrong, with what to do: docs/alerts.md. The Monitor keeps them.',
    );

  apiCommand(alerts, 'list')
    .summary('shows alerts, silences and the state of the webhook')
    .description(
      'Shows alerts that are not resolved, silences and the state of the webhook. The exit code is 1 if any fires.',
    )
    .option('--all', 'resolved ones of the last 30 days, too', false)
    .addHelpText(
      'after',
      '\nExamples:\n  npm run shardql -- alerts list\n  npm run shardql -- alerts list --all --json',
    )
    .action(async (options: ApiCommandOptions & { readonly all: boolean }) => {
      process.exitCode = (await listAlerts(new ApiClient(options), options)) ? 0 : 1;
    });

  apiCommand(alerts, 'test')
    .summary('sends a test to the webhook')
    .description(
      'Sends the webhook a message that says it is a test, and shows what it answered. The exit code is 1 if it did not take it.',
    )
    .addHelpText('after', '\nExamples:\n  npm run shardql -- alerts test')
    .action(async (options: ApiCommandOptions) => {
      process.exitCode = (await testAlert(new ApiClient(options), options)) ? 0 : 1;
    });

  apiCommand(alerts, 'silence')
    .summary('keeps alerts from being told of for a while')
    .description(
      'Alerts that it covers are listed, but nobody is notified of them. When it ends, notifications go out for those that still fire.',
    )
    .option('--rule <rule>', 'of this rule (default: any)')
    .option('--subject <subject>', 'about this: the name of a shard, the type of a table, or deployment (default: any)')
    .option('--minutes <minutes>', 'for how long: 1 to 43200', '60')
    .option('--reason <text>', 'why, for others who see it (default: none)')
    .option('--remove <id>', 'take this silence back instead (default: none)')
    .addHelpText(
      'after',
      `
Examples:
  npm run shardql -- alerts silence --rule capacity --subject shard-3 --minutes 1440 --reason "rows are being purged"
  npm run shardql -- alerts silence --remove 4`,
    )
    .action(async (options: ApiCommandOptions & SilenceOptions & { readonly remove?: string }) => {
      const api = new ApiClient(options);
      if (options.remove === undefined) await silenceAlerts(api, options);
      else await removeSilence(api, options.remove, options);
    });

  apiCommand(alerts, 'ack')
    .summary('says that somebody looks after an alert')
    .description('Says that somebody looks after an alert, which the list then shows. It changes nothing else.')
    .argument('<id>', 'id of an alert that is not resolved')
    .addHelpText('after', '\nExamples:\n  npm run shardql -- alerts ack 12')
    .action(async (id: string, options: ApiCommandOptions) => acknowledgeAlert(new ApiClient(options), id, options));
}
