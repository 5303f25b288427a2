import { Command, InvalidArgumentError } from 'commander';

export interface BenchOptions {
  /** Names of workloads and floors to measure; all if empty. */
  readonly workloads: readonly string[];
  readonly rounds: number;
  readonly seconds: number;
  readonly connections: number;
  readonly scale: number;
  readonly keep: boolean;
  readonly profile: boolean;
  readonly startup: boolean;
  readonly load: boolean;
  readonly cache: boolean;
}

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
    .option('--no-load', 'leave out the workloads and floors')
    .option('--no-cache', "leave out the cache's hit rate, invalidation and cold keys")
    .option('--no-startup', 'leave out start-up cost and bundle size')
    .addHelpText(
      'after',
      `
Examples:
  npm run bench
  npm run bench -- --workloads W1,W3 --rounds 1 --seconds 1 --scale 0.1 --no-cache --no-startup
  npm run bench -- --profile --workloads W2 --connections 1`,
    )
    .parse([...args], { from: 'user' })
    .opts<Omit<BenchOptions, 'workloads'> & { readonly workloads?: readonly string[] }>();
  return { ...options, workloads: options.workloads ?? [] };
}

const list = (text: string): string[] => text.split(',').filter((name) => name !== '');

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
