import { type Command, InvalidArgumentError } from 'commander';
import { ApiClient } from '../api-client.ts';
import { type ApiCommandOptions, apiCommand } from '../api-command.ts';
import { prose } from '../prose.ts';
import { DemoProgress } from './progress.ts';
import { runDemoLoad } from './run-demo-load.ts';
import { showLoad } from './show-load.ts';

interface DemoLoadOptions extends ApiCommandOptions {
  readonly rate: number;
  readonly seconds: number;
  readonly seed: number;
}

const MAX_RATE = 2_000;
const MAX_SECONDS = 3_600;
const MAX_SEED = 2 ** 32 - 1;

export function addDemoLoad(program: Command): void {
  apiCommand(program, 'demo-load')
    .summary('sends mixed traffic to the demo')
    .description(
      prose(
        `Sends the traffic of shops to a running demo: cached and strong reads, lists, searches, totals and changes, 40 % of it of one
tenant, and most of it for a few popular rows. It changes phone numbers and stocks, and adds reviews. While npm start loads the demo's
rows, it waits. Ctrl+C ends it with what it has measured.`,
      ),
    )
    .option('--rate <count>', `requests per second, from 1 to ${MAX_RATE}`, numberTo(MAX_RATE), 50)
    .option('--seconds <count>', `how long, from 1 to ${MAX_SECONDS}`, numberTo(MAX_SECONDS), 60)
    .option('--seed <number>', `of the choice of requests, from 1 to ${MAX_SEED}`, numberTo(MAX_SEED), 1)
    .addHelpText(
      'after',
      '\nExamples:\n  npm run shardql -- demo-load\n  npm run shardql -- demo-load --rate 200 --seconds 600 --seed 7',
    )
    .action(async ({ rate, seconds, seed, json, ...api }: DemoLoadOptions) => {
      const stop = new AbortController();
      const interrupt = () => stop.abort();
      process.once('SIGINT', interrupt);
      const progress = new DemoProgress(seconds);
      try {
        const result = await runDemoLoad(new ApiClient(api), {
          ...{ rate, seconds, seed },
          report: (second, since) => progress.report(second, since),
          onWaiting: (why) => console.error(`Waiting until the demo data is there: ${why}`),
          signal: stop.signal,
        });
        progress.stop();
        console.log(json ? JSON.stringify(summaryOf(result)) : showLoad(result));
        if (result.tally.total().p50Ms === null) process.exitCode = 1;
      } finally {
        progress.stop();
        process.off('SIGINT', interrupt);
      }
    });
}

const summaryOf = ({ tally, seconds, leftOut }: Awaited<ReturnType<typeof runDemoLoad>>) => ({
  seconds,
  leftOut,
  total: tally.total(),
  operations: tally.operations(),
});

const numberTo = (most: number) => (text: string) => {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= most) return value;
  throw new InvalidArgumentError(`Expected a whole number from 1 to ${most}, but got "${text}".`);
};
