import type { Command } from 'commander';
import { ApiClient, type ApiOptions } from '../api-client.ts';
import { tokenOption } from '../api-command.ts';
import { CliError } from '../cli-error.ts';
import { prose } from '../prose.ts';
import { examineDeployment } from './deployment/examine-deployment.ts';

export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .summary('checks the configuration and the model of a project')
    .description(
      prose(
        `Checks a project without running it, in each environment of its configuration: the open developer role, bindings
and classes with their migrations, API and shards that do not fit together, environments and previews that share queues or KV, the
compatibility date, queues without a dead-letter queue or a consumer; and migrations
older than the model, relations and foreign keys without an index; access rules that no row can fit, rate limits whose counters are not
bound, budgets of unknown roles, secrets in the configuration or the source. Gives advice, which fails nothing, on domain, logs and CPU, on tables without rules,
claims that look misspelt, options that open the API, and times and enums without an index. npm run deploy does this first. With --url it also
asks what runs there which tables are migrated in steps, where shard keys were placed, and what its monitor advises: this wakes no shard.`,
      ),
    )
    .option('--config <file>', 'wrangler.toml of the Worker', 'wrangler.toml')
    .option('--model <file>', 'the model file (default: model.ts or schema/model.ts beside the Worker)')
    .option('--url <url>', 'a running API that is examined as well (default: none)')
    .addOption(tokenOption())
    .option('--count', 'with --url: have the shards count the rows of their tables, which reads all of them', false)
    .option('--json', 'print the findings as JSON', false)
    .addHelpText(
      'after',
      `
Examples:
  npm run shardql -- doctor
  npm run shardql -- doctor --config path/to/wrangler.toml --model path/to/model.ts
  npm run shardql -- doctor --url https://api.example.com`,
    )
    .action(async ({ json, url, token, count, ...paths }: DoctorOptions) => {
      if (count && url === undefined) throw new CliError('Expected --count together with --url, but got no --url.');
      // Loaded here because it brings drizzle along, which the other commands need not wait for.
      const { examine, showFinding } = await import('./examine.ts');
      const api = url === undefined ? null : new ApiClient({ url, ...(token !== undefined && { token }) });
      const findings = [
        ...(await examine(paths)),
        ...(api === null ? [] : await examineDeployment(api, { counts: count })),
      ];
      const isWell = findings.every(({ problems }) => problems.length === 0);
      if (json) console.log(JSON.stringify({ ok: isWell, findings }));
      else {
        for (const finding of findings) console.log(showFinding(finding));
        if (api === null) console.log('Not asked: what runs. Its monitor gives advice, too: --url https://…');
      }
      process.exitCode = isWell ? 0 : 1;
    });
}

interface DoctorOptions extends Pick<ApiOptions, 'token'> {
  readonly config: string;
  readonly model?: string;
  readonly json: boolean;
  readonly url?: string;
  readonly count: boolean;
}
