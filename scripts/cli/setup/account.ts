import { askWrangler, type WranglerAnswer } from '../../project/run-wrangler.ts';
import { accountError } from './account-error.ts';

export interface KvNamespace {
  readonly id: string;
  readonly title: string;
}

/** A queue, and the Workers that take its messages. */
export interface AccountQueue {
  readonly consumers: readonly string[];
}

/** Where something that holds data is to stay. */
export interface DataPlace {
  /** `eu`, `fedramp` …; null: anywhere. */
  readonly jurisdiction: string | null;
  /** `weur`, `enam` …: a hint; null: near the first caller. */
  readonly location: string | null;
}

/** Whose account it is, for wrangler: that of a configuration, in one of its environments. */
export interface AccountOf {
  readonly path: string;
  /** Empty: the configuration without `--env`. */
  readonly env: string;
  /** As the configuration says; null: the only one of the login, or that of CLOUDFLARE_ACCOUNT_ID. */
  readonly accountId: string | null;
}

/** An account at Cloudflare, through wrangler. All methods throw `AccountError`. */
export class Account {
  readonly #of: AccountOf;

  constructor(of: AccountOf) {
    this.#of = of;
  }

  /** Names of the accounts that the login reaches. */
  async names(): Promise<readonly string[]> {
    const what = 'find who is logged in';
    const { stdout } = await this.#require(what, ['whoami', '--json']);
    const { accounts } = parse<{ readonly accounts: readonly { readonly name: string }[] }>(what, stdout);
    return accounts.map(({ name }) => name);
  }

  /** Null: there is none. */
  async queue(name: string): Promise<AccountQueue | null> {
    const answer = await this.#askIfThere(`look at the queue ${name}`, ['queues', 'info', name]);
    if (answer === null) return null;
    const [, line = ''] = /^Consumers:(.*)$/m.exec(answer.stdout) ?? [];
    return { consumers: [...line.matchAll(/worker:([^\s,]+)/g)].map(([, script]) => script!) };
  }

  async createQueue(name: string, { jurisdiction }: DataPlace): Promise<void> {
    const args = ['queues', 'create', name, ...option('jurisdiction', jurisdiction)];
    await this.#require(`create the queue ${name}`, args);
  }

  async namespaces(): Promise<readonly KvNamespace[]> {
    const what = 'list the KV namespaces';
    const { stdout } = await this.#require(what, ['kv', 'namespace', 'list']);
    return parse<readonly KvNamespace[]>(what, stdout);
  }

  /** @param name of the namespace; wrangler puts that of the environment before it: {@link namespaceTitle}. */
  async createNamespace(name: string, { jurisdiction }: DataPlace): Promise<void> {
    const args = ['kv', 'namespace', 'create', name, '--update-config=false', ...option('jurisdiction', jurisdiction)];
    await this.#require(`create the KV namespace ${this.namespaceTitle(name)}`, args);
  }

  namespaceTitle = (name: string): string => (this.#of.env === '' ? name : `${this.#of.env}-${name}`);

  async buckets({ jurisdiction }: DataPlace): Promise<readonly string[]> {
    const args = ['r2', 'bucket', 'list', ...option('jurisdiction', jurisdiction)];
    const { stdout } = await this.#require('list the R2 buckets', args);
    return [...stdout.matchAll(/^name:\s+(\S+)/gm)].map(([, name]) => name!);
  }

  async createBucket(name: string, { jurisdiction, location }: DataPlace): Promise<void> {
    // The platform takes one of them.
    const place = jurisdiction === null ? option('location', location) : option('jurisdiction', jurisdiction);
    const args = ['r2', 'bucket', 'create', name, '--update-config=false', ...place];
    await this.#require(`create the R2 bucket ${name}`, args);
  }

  /** Names of the secrets of the configuration's Worker; null: it was not deployed yet. */
  async secrets(): Promise<readonly string[] | null> {
    const what = 'list the secrets of the Worker';
    const answer = await this.#askIfThere(what, ['secret', 'list', '--format', 'json']);
    if (answer === null) return null;
    return parse<readonly { readonly name: string }[]>(what, answer.stdout).map(({ name }) => name);
  }

  /** A Worker that was not deployed yet is created, with nothing in it. */
  async putSecret(key: string, value: string): Promise<void> {
    await this.#require(`set the secret ${key}`, ['secret', 'put', key], value);
  }

  /** Null: what is asked for is not there. */
  async #askIfThere(what: string, args: readonly string[]): Promise<WranglerAnswer | null> {
    const answer = await this.#ask(args);
    if (answer.code === 0) return answer;
    const error = accountError(what, written(answer));
    if (error.failure === 'NOT_THERE') return null;
    throw error;
  }

  async #require(what: string, args: readonly string[], input?: string): Promise<WranglerAnswer> {
    const answer = await this.#ask(args, input);
    if (answer.code !== 0) throw accountError(what, written(answer));
    return answer;
  }

  #ask(args: readonly string[], input = ''): Promise<WranglerAnswer> {
    const { path, env, accountId } = this.#of;
    return askWrangler([...args, '--config', path, ...(env === '' ? [] : ['--env', env])], {
      input,
      env: accountId === null ? {} : { CLOUDFLARE_ACCOUNT_ID: accountId },
    });
  }
}

/** What an account can be asked. */
export type AccountCalls = Pick<Account, keyof Account>;

const option = (name: string, value: string | null): string[] => (value === null ? [] : [`--${name}`, value]);

const written = ({ stdout, stderr }: WranglerAnswer): string => `${stderr}\n${stdout}`;

/** wrangler may write lines before the JSON. */
function parse<T>(what: string, text: string): T {
  try {
    return JSON.parse(text.slice(text.search(/^[[{]/m)));
  } catch {
    throw accountError(what, text);
  }
}
