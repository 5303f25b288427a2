import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { RECOVERY_PARTS, type RecoveryPart } from './recovery/parts.ts';
import { HARNESS } from './run-peers.ts';

export interface BenchOptions {
  /** Names of workloads and floors to measure; all if empty. */
  readonly workloads: readonly string[];
  readonly rounds: number;
  readonly seconds: number;
  readonly connections: number;
  readonly scale: number;
  readonly keep: boolean;
  readonly profile: boolean;
  /** Parts of recovery to measure instead of requests; null: none. */
  readonly recovery: readonly RecoveryPart[] | null;
  /** What to bear instead of requests one after the other; null: nothing. */
  readonly stress: StressOptions | null;
  /** Folder of a harness that measures other products beside this one instead; null: none. */
  readonly peers: string | null;
  readonly startup: boolean;
  readonly load: boolean;
  readonly cache: boolean;
}

/** Null: left out. */
export interface StressOptions {
  readonly overloadSeconds: number | null;
  readonly hotTenantSeconds: number | null;
  readonly soakMinutes: number | null;
}

const OVERLOAD_SECONDS = 60;
const HOT_TENANT_SECONDS = 30;
const SOAK_MINUTES = 30;

/** Prints help or a message and ends the process where commander says so. */
export function parseBenchOptions(args: readonly string[]): BenchOptions {
  const options = new Command('npm run bench --')
    .description(
      'Measures what requests to the API cost, beside what they cannot cost less than (see bench/README.md).',
    )
    .option('--workloads <names>', 'only these workloads and floors, such as W1,W3,plan-W3 (default: all)', list)
    .option('--rounds <count>', 'rounds over everything, at least 1; medians are printed', positiveInteger, 5)
    .option('--seconds <seconds>', 'load on each workload in each round, above 0', positive, 3)
    .option('--connections <count>', 'connections, at least 1, each with one request under way', positiveInteger, 16)
    .option('--scale <factor>', 'size of the data, above 0; 1 is some 207,000 rows of 20 tenants', positive, 1)
    .option('--keep', 'write the figures to bench/results/<date>-<commit>.json', false)
    .option('--profile', 'instead of timing: where the workloads spend the CPU, by package and function', false)
    .option(
      '--recovery [parts]',
      `instead of requests: what recovery takes; all parts, or some of ${RECOVERY_PARTS.join(',')} (default: none)`,
      recoveryParts,
    )
    .option(
      '--overload [seconds]',
      `instead of requests: five times the load that it can answer, for ${OVERLOAD_SECONDS} seconds or as many, above 0 (default: not)`,
      positive,
    )
    .option(
      '--hot-tenant [seconds]',
      `instead of requests: one tenant that asks too much beside others, for ${HOT_TENANT_SECONDS} seconds or as many, above 0 (default: not)`,
      positive,
    )
    .option(
      '--soak [minutes]',
      `instead of requests: what memory workerd has under mixed load, for ${SOAK_MINUTES} minutes or as many, above 0 (default: not)`,
      positive,
    )
    .option(
      '--peers [folder]',
      `instead of requests: other products beside this one, by the harness in that folder or in ${PEERS_VARIABLE} (default: not)`,
      peersFolder,
    )
    .option('--no-load', 'leave out the workloads and floors')
    .option('--no-cache', "leave out the cache's hit rate, invalidation and cold keys")
    .option('--no-startup', 'leave out start-up cost and bundle size')
    .addHelpText(
      'after',
      `
Examples:
  npm run bench
  npm run bench -- --workloads W1,W3 --rounds 1 --seconds 1 --scale 0.1 --no-cache --no-startup
  npm run bench -- --profile --workloads W2 --connections 1
  npm run bench -- --recovery restore,as-of
  npm run bench -- --overload 10 --hot-tenant 10 --soak 2
  npm run bench -- --peers ../peers`,
    )
    .parse([...args], { from: 'user' })
    .opts<Omit<BenchOptions, 'workloads' | 'recovery' | 'stress' | 'peers'> & Given>();
  const { workloads = [], recovery = null, peers, overload, hotTenant, soak, ...rest } = options;
  const stress: StressOptions = {
    overloadSeconds: orDefault(overload, OVERLOAD_SECONDS),
    hotTenantSeconds: orDefault(hotTenant, HOT_TENANT_SECONDS),
    soakMinutes: orDefault(soak, SOAK_MINUTES),
  };
  const isStress = [overload, hotTenant, soak].some((given) => given !== undefined);
  return {
    ...rest,
    workloads,
    recovery: recovery === true ? RECOVERY_PARTS : recovery,
    stress: isStress ? stress : null,
    peers: peers === undefined ? null : peersFolder(peers === true ? (process.env[PEERS_VARIABLE] ?? '') : peers),
  };
}

/** True: the option was given without a value. */
const orDefault = (given: number | true | undefined, otherwise: number): number | null =>
  given === true ? otherwise : (given ?? null);

interface Given {
  readonly workloads?: readonly string[];
  /** True: no parts are named. */
  readonly recovery?: readonly RecoveryPart[] | true;
  readonly overload?: number | true;
  readonly hotTenant?: number | true;
  readonly soak?: number | true;
  readonly peers?: string | true;
}

/** Names the folder of the harness where the option does not. */
const PEERS_VARIABLE = 'SHARDQL_PEERS';

function peersFolder(path: string): string {
  if (path !== '' && existsSync(join(path, HARNESS))) return resolve(path);
  throw new InvalidArgumentError(
    `Expected a folder with ${HARNESS}, by --peers or ${PEERS_VARIABLE}, but got "${path}".`,
  );
}

const list = (text: string): string[] => text.split(',').filter((name) => name !== '');

function recoveryParts(text: string): readonly RecoveryPart[] {
  const names = list(text);
  const unknown = names.find((name) => !RECOVERY_PARTS.some((part) => part === name));
  if (unknown === undefined) return RECOVERY_PARTS.filter((part) => names.includes(part));
  throw new InvalidArgumentError(`Expected parts of ${RECOVERY_PARTS.join(', ')}, but got ${unknown}.`);
}

function positive(text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError('Expected a number above 0.');
}

function positiveInteger(text: string): number {
  const value = positive(text);
  if (Number.isInteger(value)) return value;
  throw new InvalidArgumentError('Expected an integer above 0.');
}
