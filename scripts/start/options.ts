import { resolve } from 'node:path';
import { Command } from 'commander';
import { isDemo } from '../project/folders.ts';
import { StartError } from './start-error.ts';

const DEFAULT_PORT = 8787;
const MAX_PORT = 65_535;
const HOST = '127.0.0.1';

export interface StartOptions {
  readonly port: number;
  readonly dataFolder: string;
  readonly configPath: string;
  /** The Worker's variables that this process was given. */
  readonly variables: Readonly<Record<string, string>>;
  /** The demo's own Worker: it has example queries, and demo data unless `--empty` is given. */
  readonly isDemo: boolean;
  /** Every caller has the developer role; else they need credentials, as where it is deployed. */
  readonly isDevelopment: boolean;
  readonly loadsDemoData: boolean;
  /** False: what is sent to queues is dropped, so that invalidations are late, as while delivery is paused on the platform. */
  readonly deliversQueues: boolean;
}

/** @param typed how it is typed before its options, which examples show. */
export const startCommand = (name = 'npm start --', typed = name): Command =>
  new Command(name)
    .description('Serves the API on this machine as it runs when deployed, with GraphiQL and rows that stay.')
    .option('--data <dir>', 'folder that keeps the rows; one process at a time may use it', '.shardql')
    .option('--empty', 'leave the demo data out', false)
    .option(
      '--pause-delivery',
      'deliver no message of a queue: what is sent is dropped, and invalidations are late (all answers go to KV)',
      false,
    )
    .option(
      '--config <file>',
      'wrangler.toml of the Worker; the demo data is for the one of the repository',
      'wrangler.toml',
    )
    .addHelpText(
      'after',
      `
Environment variables:
  PORT       port on ${HOST}, from 1 to ${MAX_PORT} (default: ${DEFAULT_PORT})
  SHARDQL_…  override the variables of the same names in wrangler.toml, such as
             SHARDQL_SHARDS, the number of shards of a new data folder
  SHARDQL_DEVELOPMENT=false  no developer role and no GraphiQL, as where it is deployed; give SHARDQL_OPERATOR_TOKEN then

Examples:
  ${typed.replace(/ --$/, '')}
  PORT=9000 ${typed} --data /tmp/rows --empty
  ${typed} --config path/to/wrangler.toml`,
    );

/** Prints help and ends the process where that is asked for; throws `StartError` that says what was expected. */
export function parseStartOptions(args: readonly string[], env: NodeJS.ProcessEnv): StartOptions {
  return readStartOptions(parseFlags(args), env);
}

/** The same of flags that are parsed. */
export function readStartOptions(flags: StartFlags, env: NodeJS.ProcessEnv): StartOptions {
  const configPath = resolve(flags.config);
  return {
    port: parsePort(env.PORT),
    dataFolder: resolve(flags.data),
    configPath,
    variables: {
      ...(flags.pauseDelivery && PAUSED),
      ...Object.fromEntries(Object.entries(env).filter(isWorkerVariable)),
    },
    isDemo: isDemo(configPath),
    isDevelopment: env.SHARDQL_DEVELOPMENT !== 'false',
    loadsDemoData: isDemo(configPath) && !flags.empty,
    deliversQueues: !flags.pauseDelivery,
  };
}

/** All shards are near on one machine: without this nothing would go to KV, nothing had to be published, and nothing would be late. */
const PAUSED = { SHARDQL_KV_DISTANCE_MS: '0' };

const isWorkerVariable = (entry: [string, string | undefined]): entry is [string, string] =>
  entry[0].startsWith('SHARDQL_');

export interface StartFlags {
  readonly data: string;
  readonly empty: boolean;
  readonly pauseDelivery: boolean;
  readonly config: string;
}

function parseFlags(args: readonly string[]): StartFlags {
  return startCommand()
    .configureOutput({ writeErr: () => {} })
    .exitOverride(({ exitCode, message }) => {
      if (exitCode === 0) process.exit(0);
      throw new StartError(`${message} (see npm start -- --help)`, 2);
    })
    .parse([...args], { from: 'user' })
    .opts<StartFlags>();
}

function parsePort(text: string | undefined): number {
  if (text === undefined || text === '') return DEFAULT_PORT;
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1 && port <= MAX_PORT) return port;
  throw new StartError(`Expected PORT to be an integer from 1 to ${MAX_PORT}, but got "${text}".`, 2);
}
