import type { Command } from 'commander';
import { prose } from '../prose.ts';

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
claims that look misspelt, options that open the API, and times and enums without an index. npm run deploy does this first.`,
      ),
    )
    .option('--config <file>', 'wrangler.toml of the Worker', 'wrangler.toml')
    .option('--model <file>', 'the model file (default: model.ts or schema/model.ts beside the Worker)')
    .option('--json', 'print the findings as JSON', false)
    .addHelpText(
      'after',
      `
Examples:
  npm run shardql -- doctor
  npm run shardql -- doctor --config path/to/wrangler.toml --model path/to/model.ts`,
    )
    .action(async ({ json, ...paths }: { config: string; model?: string; json: boolean }) => {
      // Loaded here because it brings drizzle along, which the other commands need not wait for.
      const { examine, showFinding } = await import('./examine.ts');
      const findings = await examine(paths);
      const isWell = findings.every(({ problems }) => problems.length === 0);
      if (json) console.log(JSON.stringify({ ok: isWell, findings }));
      else for (const finding of findings) console.log(showFinding(finding));
      process.exitCode = isWell ? 0 : 1;
    });
}
