import { dirname, join, resolve } from 'node:path';
import { Command } from 'commander';
import { isDemo } from '../project/folders.ts';

export interface DevOptions {
  readonly configPath: string;
  /** Where wrangler keeps rows. */
  readonly persistFolder: string;
  readonly loadsDemoData: boolean;
  /** Without `--config`. */
  readonly wranglerArgs: readonly string[];
}

/** @param typed how it is typed before its options, which examples show. */
export const devCommand = (name = 'npm run dev --', typed = name): Command =>
  new Command(name)
    .description('Serves the API with wrangler dev, which reloads it after each change of a file.')
    .usage('[options] [options of wrangler dev]')
    .option(
      '-c, --config <file>',
      'wrangler.toml of the Worker; the demo data is for the one of the repository',
      'wrangler.toml',
    )
    .option('--persist-to <dir>', 'folder that keeps the rows (default: .wrangler/state beside wrangler.toml)')
    .option('--empty', 'leave the demo data out', false)
    .addHelpText(
      'after',
      `
All other options are those of wrangler dev: npx wrangler dev --help

Examples:
  ${typed.replace(/ --$/, '')}
  ${typed} --port 9000
  ${typed} --config path/to/wrangler.toml --persist-to /tmp/rows`,
    )
    .allowUnknownOption()
    .allowExcessArguments();

/** Prints help and ends the process where that is asked for. */
export function parseDevOptions(args: readonly string[]): DevOptions {
  return readDevOptions(devCommand().parse([...args], { from: 'user' }));
}

/** The same of a command that is parsed. */
export function readDevOptions(command: Command): DevOptions {
  const { config, persistTo, empty } = command.opts<{ config: string; persistTo?: string; empty: boolean }>();
  const configPath = resolve(config);
  return {
    configPath,
    persistFolder: resolve(persistTo ?? join(dirname(configPath), '.wrangler/state')),
    loadsDemoData: isDemo(configPath) && !empty,
    wranglerArgs: [...(persistTo ? ['--persist-to', persistTo] : []), ...command.args],
  };
}
