import { dirname, join, resolve } from 'node:path';
import { Command } from 'commander';
import { DEMO_CONFIG } from '../start/options.ts';

export interface DevOptions {
  readonly configPath: string;
  /** Where wrangler keeps rows. */
  readonly persistFolder: string;
  readonly loadsDemoData: boolean;
  /** Without `--config`. */
  readonly wranglerArgs: readonly string[];
}

export const devCommand = (): Command =>
  new Command('npm run dev --')
    .description('Serves the API with wrangler dev, which reloads it after each change of a file.')
    .usage('[options] [options of wrangler dev]')
    .option(
      '-c, --config <file>',
      'wrangler.toml of the Worker; the demo data is for the one of this project',
      'wrangler.toml',
    )
    .option('--persist-to <dir>', 'folder that keeps the rows (default: .wrangler/state beside wrangler.toml)')
    .option('--empty', 'leave the demo data out', false)
    .addHelpText(
      'after',
      `
All other options are those of wrangler dev: npx wrangler dev --help

Examples:
  npm run dev
  npm run dev -- --port 9000
  npm run dev -- --config path/to/wrangler.toml --persist-to /tmp/rows`,
    )
    .allowUnknownOption()
    .allowExcessArguments();

/** Prints help and ends the process where that is asked for. */
export function parseDevOptions(args: readonly string[]): DevOptions {
  const command = devCommand().parse([...args], { from: 'user' });
  const { config, persistTo, empty } = command.opts<{ config: string; persistTo?: string; empty: boolean }>();
  const configPath = resolve(config);
  return {
    configPath,
    persistFolder: resolve(persistTo ?? join(dirname(configPath), '.wrangler/state')),
    loadsDemoData: configPath === DEMO_CONFIG && !empty,
    wranglerArgs: [...(persistTo ? ['--persist-to', persistTo] : []), ...command.args],
  };
}
