/** `npm run deploy`: `wrangler deploy`, after the doctor has examined what is about to be deployed. */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Command } from 'commander';
import { CliError } from './cli/cli-error.ts';
import { examine, showFinding } from './cli/doctor/examine.ts';
import type { ProjectPaths } from './project/read-model.ts';

const WRANGLER = join(dirname(createRequire(import.meta.url).resolve('wrangler/package.json')), 'bin/wrangler.js');

const command = new Command('npm run deploy --')
  .description(
    'Examines a project as npm run shardql -- doctor does, and deploys it with wrangler if nothing is wrong.',
  )
  .usage('[options] [options of wrangler deploy]')
  .option('-c, --config <file>', 'wrangler.toml of the Worker', 'wrangler.toml')
  .option('--model <file>', 'the model file (default: model.ts or schema/model.ts beside the Worker)')
  .addHelpText(
    'after',
    `
All other options are those of wrangler deploy: npx wrangler deploy --help

Examples:
  npm run deploy
  npm run deploy -- --config path/to/wrangler.toml --env staging
  npm run deploy -- --config other.toml --model path/to/model.ts
  npm run deploy -- --dry-run`,
  )
  .allowUnknownOption()
  .allowExcessArguments()
  .action(deploy);

try {
  await command.parseAsync();
} catch (error) {
  if (!(error instanceof CliError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}

async function deploy(paths: ProjectPaths): Promise<void> {
  const findings = await examine(paths);
  for (const finding of findings) console.log(showFinding(finding));
  if (findings.some(({ problems }) => problems.length > 0)) {
    process.exitCode = 1;
    return;
  }
  const args = ['deploy', '--config', paths.config, ...command.args];
  process.exitCode = spawnSync(process.execPath, [WRANGLER, ...args], { stdio: 'inherit' }).status ?? 1;
}
