import { randomBytes } from 'node:crypto';
import { type ConfigFile, configsOf, type Deployment, readDeployment } from '../../project/deployment.ts';
import type { EnvironmentConfigs } from '../../project/environments.ts';
import { shellWord } from '../../project/shell-word.ts';
import { productionAdvice } from '../doctor/production-advice.ts';
import { Account, type AccountCalls, type AccountOf, type DataPlace } from './account.ts';
import { AccountError } from './account-error.ts';
import { checkConfigurations } from './check-configurations.ts';
import { connectKv } from './connect-kv.ts';
import { withConfigurationLocked } from './lock-configuration.ts';

const OPERATOR_TOKEN = 'SHARDQL_OPERATOR_TOKEN';

export interface SetupOptions {
  readonly config: string;
  /** Empty: the configuration without `--env`. */
  readonly env: string;
  /** Looks, and changes nothing. */
  readonly dryRun: boolean;
  /** A bucket for backups, which no binding names. */
  readonly backupBucket?: string | undefined;
}

/** What a step works with. */
export interface Setup {
  readonly deployment: Deployment;
  readonly account: AccountCalls;
  readonly place: DataPlace;
  /** Says what is there already. */
  found(what: string): void;
  /** Says what is done, and does it unless it is only tried. */
  make(what: string, work: () => Promise<void>): Promise<void>;
  /** Says what somebody has to do. */
  ask(what: string): void;
}

/**
 * Makes what a deployment needs in the account, as far as it is not there: queues, the KV namespace, buckets, the operators' token. May be
 * repeated. Gives whether all is there. Throws `CliError` for what is wrong with a configuration, `AccountError` for what the account refuses.
 */
export function setUp(
  options: SetupOptions,
  say: (line: string) => void,
  accountOf: (of: AccountOf) => AccountCalls = (of) => new Account(of),
): Promise<boolean> {
  const run = () => setUpOnce(options, say, accountOf);
  return options.dryRun ? run() : withConfigurationLocked(options.config, run);
}

async function setUpOnce(
  options: SetupOptions,
  say: (line: string) => void,
  accountOf: (of: AccountOf) => AccountCalls,
): Promise<boolean> {
  const deployment = readDeployment(options.config, options.env);
  const configs = checkConfigurations(options.config, options.env);
  const { path, config } = deployment.api;
  const account = accountOf({ path, env: options.env, accountId: config.account_id ?? null });
  let isComplete = true;
  const setup: Setup = {
    deployment,
    account,
    place: placeOf(deployment),
    found: (what) => say(`there    ${what}`),
    make: async (what, work) => {
      if (!options.dryRun) await work();
      else isComplete = false;
      say(`${options.dryRun ? 'to make ' : 'made    '} ${what}`);
    },
    ask: (what) => {
      isComplete = false;
      say(`missing  ${what}`);
    },
  };
  const names = await account.names();
  say(`account  ${config.account_id ?? names.join(', ')}`);
  say(`place    ${describePlace(setup.place)}`);
  await makeQueues(setup);
  await connectKv(setup);
  await makeBuckets(setup, options.backupBucket);
  await makeSecrets(setup, say);
  for (const domain of domainsOf(configs))
    say(`domain   ${domain}: the deploy connects it, if its zone is in the account`);
  for (const advice of productionAdvice(configs)) say(advice.replace('Consider', 'consider'));
  return isComplete;
}

function placeOf(deployment: Deployment): DataPlace {
  const { vars } = (deployment.storage ?? deployment.api).config;
  const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : null);
  return { jurisdiction: text(vars.SHARDQL_JURISDICTION), location: text(vars.SHARDQL_LOCATION) };
}

/** Once objects are made, neither can be changed. */
function describePlace({ jurisdiction, location }: DataPlace): string {
  const near = location === null ? null : `near ${location}`;
  if (jurisdiction !== null) return [`in ${jurisdiction}`, ...(near === null ? [] : [near])].join(', ');
  return near ?? 'near the sender of the first request, unless SHARDQL_LOCATION or SHARDQL_JURISDICTION is set';
}

const domainsOf = ({ config: { routes = [], route } }: EnvironmentConfigs): string[] =>
  [...routes, ...(route === undefined ? [] : [route])].map((each) => (typeof each === 'string' ? each : each.pattern));

/** Those that are only consumed, or get dead letters alone, too: a deploy makes none of them. */
async function makeQueues({ deployment, account, place, found, make }: Setup): Promise<void> {
  const { name, queues } = deployment.api.config;
  const [produced, consumed] = [queues.producers ?? [], queues.consumers ?? []];
  const named = [
    ...[...produced, ...consumed].map(({ queue }) => queue),
    ...consumed.map(({ dead_letter_queue: deadLetters }) => deadLetters),
  ];
  for (const queue of new Set(named.filter((each) => each !== undefined))) {
    const known = await account.queue(queue);
    const other = known?.consumers.find((script) => script !== name);
    if (other !== undefined && consumed.some((consumer) => consumer.queue === queue)) {
      throw new AccountError(
        'NAME_TAKEN',
        `Expected the messages of the queue ${queue} to go to ${name}, but got one whose consumer is ${other}. Name another queue in ${deployment.api.path}: each environment needs its own.`,
      );
    }
    if (known) found(`queue ${queue}`);
    else await make(`queue ${queue}`, () => account.createQueue(queue, place));
  }
}

async function makeBuckets({ deployment, account, place, found, make }: Setup, backups?: string): Promise<void> {
  const bound = configsOf(deployment).flatMap(({ config }) => config.r2_buckets.map(({ bucket_name: name }) => name));
  const wanted = new Set([...bound, backups].filter((name) => name !== undefined));
  if (wanted.size === 0) return;
  const known = await account.buckets(place);
  for (const name of wanted) {
    if (known.includes(name)) found(`R2 bucket ${name}`);
    else await make(`R2 bucket ${name}`, () => account.createBucket(name, place));
  }
}

async function makeSecrets({ deployment, account, found, make, ask }: Setup, say: (line: string) => void) {
  const { api } = deployment;
  const known = (await account.secrets()) ?? [];
  const required: readonly string[] = api.config.secrets?.required ?? [];
  for (const key of new Set([OPERATOR_TOKEN, ...required])) {
    if (known.includes(key)) found(`secret ${key}`);
    else if (key !== OPERATOR_TOKEN) ask(`secret ${key}: set it with ${secretCommand(api, deployment.env, key)}`);
    else {
      const token = randomBytes(32).toString('hex');
      let isSet = false;
      await make(`secret ${key}`, async () => {
        await account.putSecret(key, token);
        isSet = true;
      });
      if (isSet)
        say(`         ${token}\n         It opens everything, and is shown this once: keep it where your secrets are.`);
    }
  }
}

const secretCommand = ({ path }: ConfigFile, env: string, key: string): string =>
  ['npx wrangler secret put', key, '--config', shellWord(path), ...(env === '' ? [] : ['--env', shellWord(env)])].join(
    ' ',
  );
