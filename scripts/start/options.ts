import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { StartError } from './start-error.ts';

/** The project's own folder; the demo's wrangler.toml is there. */
const PROJECT = resolve(import.meta.dirname, '../..');
export const DEMO_CONFIG = resolve(PROJECT, 'wrangler.toml');
const DEFAULT_PORT = 8787;

export const USAGE = `Usage: npm start -- [--data DIR] [--empty] [--config FILE]

  --data DIR      folder that keeps the rows (default .shardql)
  --empty         no demo data
  --config FILE   wrangler.toml of another Worker (no demo data then)

Environment variables:
  PORT            port on 127.0.0.1 (default ${DEFAULT_PORT})
  SHARDQL_…       override the variables of the same names in wrangler.toml`;

export interface StartOptions {
  readonly port: number;
  readonly dataFolder: string;
  readonly configPath: string;
  /** The Worker's variables that this process was given. */
  readonly variables: Readonly<Record<string, string>>;
  /** The demo's own Worker: it has example queries, and demo data unless `--empty` is given. */
  readonly isDemo: boolean;
  readonly loadsDemoData: boolean;
  readonly showsUsage: boolean;
}

/** Throws `StartError` that says what was expected. */
export function parseStartOptions(args: readonly string[], env: NodeJS.ProcessEnv): StartOptions {
  const flags = parseFlags(args);
  const configPath = flags.config === undefined ? DEMO_CONFIG : resolve(flags.config);
  const isDemo = configPath === DEMO_CONFIG;
  return {
    port: parsePort(env.PORT),
    dataFolder: resolve(flags.data ?? '.shardql'),
    configPath,
    variables: Object.fromEntries(Object.entries(env).filter(isWorkerVariable)),
    isDemo,
    loadsDemoData: isDemo && flags.empty !== true,
    showsUsage: flags.help === true,
  };
}

const isWorkerVariable = (entry: [string, string | undefined]): entry is [string, string] =>
  entry[0].startsWith('SHARDQL_');

function parseFlags(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        data: { type: 'string' },
        empty: { type: 'boolean' },
        config: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    throw new StartError(`${(error as Error).message.split('\n')[0]} (see npm start -- --help)`, 2);
  }
}

function parsePort(text: string | undefined): number {
  if (text === undefined || text === '') return DEFAULT_PORT;
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1 && port <= 65535) return port;
  throw new StartError(`Expected PORT to be an integer from 1 to 65535, but got "${text}".`, 2);
}
