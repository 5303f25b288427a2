/** `npm run campaign -- <name>`: long versions of the random tests, of which `npm test` runs a few per cent. */
import { Argument, Command, CommanderError, InvalidArgumentError } from 'commander';
import { CAMPAIGNS, type Campaign } from './campaign/campaigns.ts';
import { runCampaign } from './campaign/run-campaign.ts';

/** Seeds of fast-check and of our own generator have 31 bits. */
const MAX_NUMBER = 0x7fffffff;

interface Options {
  readonly list?: true;
  readonly size?: number;
  readonly seed?: number;
}

const program = new Command('npm run campaign --')
  .description('Runs a long version of random tests. Ends with 0 if all passed, 1 if not, 2 on wrong usage.')
  .addArgument(new Argument('[name]', 'which campaign').choices(CAMPAIGNS.map(({ name }) => name)))
  .option('--list', 'show what there is')
  .option('--size <count>', `how much to do, from 1 to ${MAX_NUMBER} (default: see --list)`, wholeNumber(1))
  .option(
    '--seed <number>',
    `repeat the campaign that printed it, from 0 to ${MAX_NUMBER} (default: a new one)`,
    wholeNumber(0),
  )
  .addHelpText('after', '\nExamples:\n  npm run campaign -- --list\n  npm run campaign -- kill --size 20 --seed 12345')
  .exitOverride()
  .action(async (name: string | undefined, { list, size, seed = Date.now() % MAX_NUMBER }: Options) => {
    if (list) return console.log(CAMPAIGNS.map(describe).join('\n\n'));
    const campaign = CAMPAIGNS.find((known) => known.name === name);
    if (!campaign) return program.error('error: Expected the name of a campaign, but got none. --list shows them.');
    const hasPassed = await runCampaign(campaign, { size: size ?? campaign.size, seed });
    process.exitCode = hasPassed ? 0 : 1;
  });

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? 0 : 2;
}

function describe({ name, shows, size, unit, files }: Campaign): string {
  return `${name}\n  ${shows}\n  Size: ${size} ${unit}. Tests: ${files.join(', ')}`;
}

function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= MAX_NUMBER) return value;
    throw new InvalidArgumentError(`Expected a whole number from ${least} to ${MAX_NUMBER}.`);
  };
}
