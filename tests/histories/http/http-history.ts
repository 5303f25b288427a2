/**
 * One random history over HTTP: clients read and write through isolates with caches of their own, at locations whose KV is late,
 * over shards that start anew on clocks which are hours off, of one release or the next, and are lost right after a commit. Policies change
 * with deploys. Each answer is compared with the exact state as of the version that it says.
 */

import type { ConsistencyMode } from '../../../src/model/types.ts';
import { WIRE_KINDS } from '../../../src/model/wire-kinds.ts';
import { encodeToken } from '../../../src/plans/tokens/token.ts';
import { decodeSessionToken } from '../../../src/resolvers/consistency/session-token.ts';
import { below, pick, type Random } from '../../support/random.ts';
import { AccountBook, type Entries, type Entry } from './account-book.ts';
import type { Cluster, Endpoint, HttpAnswer } from './cluster.ts';
import type { Release } from './protocol.ts';

export interface HttpOutcome {
  /** Each breaks a promise. */
  readonly problems: readonly string[];
  readonly reads: number;
  readonly commits: number;
  /** Reads that a cache answered. */
  readonly cached: number;
  /** Requests that were refused for want of a shard: no promise is broken by that. */
  readonly refused: number;
}

const RELEASES: readonly Release[] = ['present', 'next'];
const SHARDS = ['shard-0', 'shard-1', 'shard-2'];
const MODES: readonly ConsistencyMode[] = ['STRONG', 'BOUNDED', 'SESSION', 'SESSION', 'CACHED', 'CACHED', 'CACHED'];
const BOUNDS_MS = [1_000, 5_000, 60_000];
/** One number, as clients write it. */
const AMOUNTS: Readonly<Record<string, readonly string[]>> = {
  '1.5': ['1.5', '1.50', '01.5', '15e-1'],
  '200': ['200', '200.0', '2e2'],
  '-0.25': ['-0.25', '-.25', '-0.250'],
};
/** Questions that are asked again. */
const MAX_ASKED = 8;

const TIMES_MS = [300, 2_500, 5_000, 31_000, 62_000, 200_000];
const POLICIES = [
  { ttlSeconds: 300, swrSeconds: 60 },
  { ttlSeconds: 900, swrSeconds: 0 },
  { ttlSeconds: 600, swrSeconds: 0 },
  { ttlSeconds: 3, swrSeconds: 0 },
];

/** Isolates' clocks differ by less than `clockUncertaintyMs`. */
const ISOLATE_SKEWS_MS = [0, 150, -150];

/** Of an isolate of the API, what was deployed to it. */
interface Deployed {
  readonly endpoint: Endpoint;
  readonly skewMs: number;
  release: Release;
  policy: (typeof POLICIES)[number];
}

interface Client {
  token: string | null;
  /** By account. */
  readonly seen: Map<string, number>;
}

/** Time that has passed for all, which nobody waited for: goes on from history to history. */
let passedMs = 0;

export class HttpHistory {
  readonly #random: Random;
  readonly #cluster: Cluster;
  readonly #isolates: Deployed[];
  readonly #accounts: string[];
  readonly #book = new AccountBook();
  readonly #shardByAccount = new Map<string, string>();
  readonly #clients: Client[] = Array.from({ length: 2 }, () => ({ token: null, seen: new Map() }));
  readonly #problems: string[] = [];
  /** By account, visits that were acknowledged. */
  readonly #visits = new Map<string, number>();
  /** Applied when all requests of a step are done: what a read showed may have been acknowledged after it. */
  readonly #judgements: (() => void)[] = [];
  /** The last few. */
  readonly #asked: Question[] = [];
  #names = 0;
  #reads = 0;
  #commits = 0;
  #cached = 0;
  #refused = 0;

  constructor(random: Random, cluster: Cluster, name: string) {
    this.#random = random;
    this.#cluster = cluster;
    this.#accounts = [0, 1, 2].map((at) => `${name}-${at}`);
    this.#isolates = cluster.isolates.map((endpoint, at) => ({
      endpoint,
      skewMs: ISOLATE_SKEWS_MS[at]!,
      release: 'present',
      policy: POLICIES[0]!,
    }));
  }

  async run(steps: number): Promise<HttpOutcome> {
    await this.#open();
    for (let step = 0; step <= steps && this.#problems.length === 0; step++) {
      // Nothing after the last one makes good what it leaves behind.
      await (step === steps ? this.#episode() : this.#step());
      for (const judge of this.#judgements.splice(0)) judge();
    }
    if (this.#problems.length === 0) await this.#comeToRest();
    const [problems, reads, commits] = [this.#problems, this.#reads, this.#commits];
    return { problems, reads, commits, cached: this.#cached, refused: this.#refused };
  }

  async #open(): Promise<void> {
    for (const isolate of this.#isolates) {
      await this.#deploy(isolate, pick(this.#random, RELEASES), pick(this.#random, POLICIES));
    }
    await this.#cluster.shards.command({ kind: 'abort-after-commit', count: 0 });
    await this.#releaseShards(pick(this.#random, RELEASES));
    await this.#pass(0);
    for (const account of this.#accounts) {
      const answer = await this.#isolates[0]!.endpoint.graphql(
        `mutation { createAccount(data: { id: "${account}" }) { id } }`,
        null,
      );
      const shard = answer.body.extensions?.trace?.shards?.[0];
      if (shard === undefined) throw new Error(`Expected an account, but got ${JSON.stringify(answer.body)}`);
      this.#shardByAccount.set(account, shard);
      this.#visits.set(account, 0);
    }
  }

  async #step(): Promise<void> {
    const random = this.#random;
    const dice = random();
    if (dice < 0.55) {
      const account = pick(random, this.#accounts);
      const works = Array.from({ length: 1 + below(random, 3) }, () =>
        random() < 0.65 ? this.#read() : this.#write(account),
      );
      await Promise.all(works);
    } else if (dice < 0.6) await this.#visitOften();
    else if (dice < 0.7) await this.#episode();
    else if (dice < 0.78) await this.#pass(pick(random, TIMES_MS));
    else if (dice < 0.84) await pick(random, this.#isolates).endpoint.command({ kind: 'land' });
    else await this.#fault();
  }

  async #fault(): Promise<void> {
    const random = this.#random;
    switch (below(random, 6)) {
      case 0:
      case 1:
        return await this.#publish();
      case 2:
        return await this.#crash(pick(random, SHARDS));
      case 3:
        return await this.#cluster.shards.command({ kind: 'abort-after-commit', count: 1 });
      case 4:
        return await this.#deploy(pick(random, this.#isolates), pick(random, RELEASES), pick(random, POLICIES));
      default:
        return await this.#releaseShards(pick(random, RELEASES));
    }
  }

  /** What is cached everywhere is changed, in the midst of faults, and read again. */
  async #episode(): Promise<void> {
    const random = this.#random;
    const isolate = pick(random, this.#isolates);
    const question = this.#question(isolate);
    for (let time = 0; time < 2; time++) await this.#ask(isolate, question, 'CACHED');
    await isolate.endpoint.command({ kind: 'land' });
    if (random() < 0.5) await this.#pass(pick(random, TIMES_MS));
    else await this.#passWithLooks(question.accounts[0]!);
    if (random() < 0.5) await this.#fault();
    await this.#write(question.accounts[0]!);
    if (random() < 0.7) await this.#fault();
    await this.#pass(pick(random, TIMES_MS));
    for (const each of this.#isolates) if (knows(each, question)) await this.#ask(each, question, 'CACHED');
  }

  /** A shard that is busy all the while trusts its clock, and forgets what it may forget. */
  async #passWithLooks(account: string): Promise<void> {
    for (let time = 0; time < 3; time++) {
      await this.#pass(40_000);
      await this.#visit(account);
    }
  }

  async #read(): Promise<void> {
    const isolate = pick(this.#random, this.#isolates);
    await this.#ask(isolate, this.#question(isolate), pick(this.#random, MODES));
  }

  async #ask(isolate: Deployed, question: Question, mode: ConsistencyMode): Promise<void> {
    const client = pick(this.#random, this.#clients);
    const boundMs = pick(this.#random, BOUNDS_MS);
    const { field, accounts, shown, expected } = question;
    const directive = `@consistency(mode: ${mode}${mode === 'BOUNDED' ? `, maxStalenessMs: ${boundMs}` : ''})`;
    const startMs = this.#nowMs();
    const seen = new Map(client.seen);
    const { ttlSeconds, swrSeconds } = isolate.policy;
    const lifeMs = mode === 'CACHED' ? (ttlSeconds + swrSeconds) * 1_000 : mode === 'BOUNDED' ? boundMs : null;
    const query = `{ it: ${field.replace('@', directive)} }`;
    const answer = await isolate.endpoint.graphql(query, client.token);
    if (!this.#isAnswered(answer, query)) return;
    this.#reads++;
    const { data, extensions } = answer.body;
    if (extensions.consistency.fields[0].source !== 'shard') this.#cached++;
    const asOfByShard = extensions.trace.plans[0].asOf as Record<string, string>;
    this.#keepToken(client, answer);
    this.#judgements.push(() => {
      for (const account of accounts) {
        const asOf = Number(asOfByShard[this.#shardByAccount.get(account)!]);
        const problem = this.#book.problemOf({
          ...{ mode, allowedAgeMs: lifeMs, account, asOf, startMs, seen: seen.get(account) ?? 0 },
          shown: shown(data.it, account),
          expected: (entries) => expected(entries),
        });
        if (problem !== null) this.#problems.push(`${query} of ${account}: ${problem}`);
        this.#hasSeen(client, account, this.#book.lastUpTo(account, asOf));
      }
    });
  }

  /** What was asked before may be cached. */
  #question(isolate: Deployed): Question {
    const known = this.#asked.filter((question) => knows(isolate, question));
    if (known.length > 0 && this.#random() < 0.7) return pick(this.#random, known);
    const question = this.#newQuestion(isolate);
    this.#asked.push(question);
    if (this.#asked.length > MAX_ASKED) this.#asked.shift();
    return question;
  }

  #newQuestion(isolate: Deployed): Question {
    const random = this.#random;
    const account = pick(random, this.#accounts);
    const amount = pick(random, Object.keys(AMOUNTS));
    const written = pick(random, AMOUNTS[amount]!);
    const known = [...this.#book.entriesAt(account, Number.MAX_SAFE_INTEGER).values()];
    const one = { accounts: [account], shown: text, needs: 'present' as Release };
    const by = (key: string, of: (entries: Entries) => Entry | undefined) => ({
      field: `entry(by: { ${key} }, shardKey: "${account}") @ { title label }`,
      ...one,
      expected: (entries: Entries) => text(of(entries) ?? null),
    });
    const kind = isolate.release === 'next' && random() < 0.25 ? 2 : below(random, 6);
    switch (kind) {
      case 0:
        return by(`amount: "${written}"`, (entries) => entries.get(amount));
      case 1: {
        const title =
          known.length > 0 && random() < 0.7 ? pick(random, known).title : `t${below(random, this.#names + 1)}`;
        return by(`title: "${title}"`, (entries) => [...entries.values()].find((entry) => entry.title === title));
      }
      case 2: {
        if (isolate.release !== 'next') break;
        const label =
          known.length > 0 && random() < 0.7 ? pick(random, known).label : `l${below(random, this.#names + 1)}`;
        const question = by(`label: "${label}"`, (entries) =>
          [...entries.values()].find((entry) => entry.label === label),
        );
        return { ...question, needs: 'next' };
      }
      case 3: {
        const nodeId = nodeIdOf(account, amount, written === amount || written.includes('e'));
        return {
          field: `node(nodeId: "${nodeId}") @ { ... on Entry { title label } }`,
          ...one,
          expected: (entries) => text(entries.get(amount) ?? null),
        };
      }
      case 4: {
        const accounts = this.#accounts;
        return {
          field: `entries(where: { accountId: { in: ${JSON.stringify(accounts)} } }, orderBy: [{ amount: ASC }], first: 50) @ { nodes { account: accountId title label } }`,
          accounts,
          needs: 'present',
          shown: (answer, of) => text(rowsOf(answer).filter((row) => row.account === of)),
          expected: (entries) => text(inOrder(entries)),
        };
      }
    }
    return {
      field: `entries(shardKey: "${account}", orderBy: [{ amount: ASC }], first: 50) @ { nodes { title label } }`,
      ...one,
      shown: (answer) => text(rowsOf(answer)),
      expected: (entries) => text(inOrder(entries)),
    };
  }

  /** One at a time per account and step: what it is made from is what there is. */
  readonly #busy = new Set<string>();

  async #write(account: string): Promise<void> {
    if (this.#busy.has(account)) return;
    this.#busy.add(account);
    try {
      await this.#writeAlone(account);
    } finally {
      this.#busy.delete(account);
    }
  }

  async #writeAlone(account: string): Promise<void> {
    const random = this.#random;
    const amount = pick(random, Object.keys(AMOUNTS));
    const written = pick(random, AMOUNTS[amount]!);
    const present = this.#book.entriesAt(account, Number.MAX_SAFE_INTEGER).get(amount);
    const name = ++this.#names;
    const where = `by: { amount: "${written}" }, shardKey: "${account}"`;
    let entry: Entry | null = { title: `t${name}`, label: `l${name}` };
    let field = `createEntry(data: { accountId: "${account}", amount: "${written}", title: "${entry.title}", label: "${entry.label}" })`;
    if (present !== undefined && random() < 0.3) {
      entry = null;
      field = `deleteEntry(${where})`;
    } else if (present !== undefined) {
      entry = random() < 0.5 ? { ...present, label: `l${name}` } : { ...present, title: `t${name}` };
      field = `updateEntry(${where}, data: { title: "${entry.title}", label: "${entry.label}" })`;
    }
    const client = pick(random, this.#clients);
    const query = `mutation { it: ${field} { title } }`;
    const answer = await pick(random, this.#isolates).endpoint.graphql(query, client.token);
    if (!this.#isAnswered(answer, query)) {
      // Whether it was made nobody can know; histories go on with accounts of which all is known.
      this.#problems.push(`unexpected: no answer to ${query}: ${JSON.stringify(answer.body)}`);
      return;
    }
    this.#commits++;
    const version = Number(answer.body.extensions.consistency.fields[0].asOf);
    this.#book.commit(account, { version, ackedAtMs: this.#nowMs(), amount, entry });
    this.#keepToken(client, answer);
    this.#hasSeen(client, account, version);
  }

  /** A few in a row, through any isolates: each reads what the one before has written. */
  async #visitOften(): Promise<void> {
    const account = pick(this.#random, this.#accounts);
    for (let time = 0; time < 4; time++) await this.#visit(account);
  }

  async #visit(account: string): Promise<void> {
    const query = `mutation { it: visit(id: "${account}") { visits } }`;
    const answer = await pick(this.#random, this.#isolates).endpoint.graphql(query, null);
    if (!this.#isAnswered(answer, query)) {
      this.#problems.push(`unexpected: no answer to ${query}: ${JSON.stringify(answer.body)}`);
      return;
    }
    const visits = this.#visits.get(account)! + 1;
    this.#visits.set(account, visits);
    if (answer.body.data.it.visits === visits) return;
    this.#problems.push(`${query} gave ${answer.body.data.it.visits}, but it was visit ${visits}`);
  }

  async #publish(): Promise<void> {
    await this.#cluster.shards.command({ kind: 'publish', shards: SHARDS });
  }

  async #crash(shard: string): Promise<void> {
    const errors = [0, -3_600_000, 3_600_000, -120_000, 86_400_000];
    await this.#cluster.shards.command({ kind: 'crash', shard, clockErrorMs: pick(this.#random, errors) });
  }

  async #deploy(isolate: Deployed, release: Release, policy: (typeof POLICIES)[number]): Promise<void> {
    isolate.release = release;
    isolate.policy = policy;
    await isolate.endpoint.command({ kind: 'deploy', release, policy });
  }

  async #releaseShards(release: Release): Promise<void> {
    await this.#cluster.shards.command({ kind: 'release', release, policy: pick(this.#random, POLICIES) });
    for (const shard of SHARDS) await this.#crash(shard);
  }

  async #pass(ms: number): Promise<void> {
    passedMs += ms;
    const commands = this.#isolates.map(({ endpoint, skewMs }) =>
      endpoint.command({ kind: 'time', skewMs: passedMs + skewMs }),
    );
    await Promise.all([...commands, this.#cluster.shards.command({ kind: 'time', skewMs: passedMs })]);
  }

  /** Faults end. Then nobody may see anything old any more, and no visit may be lost. */
  async #comeToRest(): Promise<void> {
    for (const { endpoint } of this.#isolates) await endpoint.command({ kind: 'land' });
    for (let time = 0; time < 2; time++) {
      await this.#pass(31_000);
      await this.#publish();
    }
    await this.#pass(63_000);
    for (const question of this.#asked) {
      const isolates = this.#isolates.filter((isolate) => knows(isolate, question));
      await Promise.all(isolates.map((isolate) => this.#expectCurrent(isolate, question)));
    }
    for (const [account, visits] of this.#visits) {
      const query = `{ it: account(by: { id: "${account}" }) @consistency(mode: STRONG) { visits } }`;
      const { body } = await this.#isolates[0]!.endpoint.graphql(query, null);
      if (body.data?.it?.visits !== visits) {
        this.#problems.push(`${account} has ${body.data?.it?.visits} visits, but ${visits} were acknowledged`);
      }
    }
  }

  async #expectCurrent({ endpoint }: Deployed, { field, accounts, shown, expected }: Question): Promise<void> {
    const [account, another] = accounts as [string, ...string[]];
    // Lists over all shards have no stamps: they live by their time.
    if (another !== undefined) return;
    const query = `{ it: ${field.replace('@', '@consistency(mode: CACHED)')} }`;
    const answer = await endpoint.graphql(query, null);
    if (!this.#isAnswered(answer, query)) return;
    const found = shown(answer.body.data.it, account);
    const newest = expected(this.#book.entriesAt(account, Number.MAX_SAFE_INTEGER));
    const { source } = answer.body.extensions.consistency.fields[0];
    if (found === newest) return;
    this.#problems.push(`${query} is still ${found} (${source}) after all came to rest, not ${newest}`);
  }

  /** False if nothing was promised: no shard could be had, or a node id was none. */
  #isAnswered(answer: HttpAnswer, query: string): boolean {
    const [error] = answer.body.errors ?? [];
    if (error === undefined) return true;
    const code = error.extensions?.code;
    const isForeignId = code === 'BAD_USER_INPUT' && query.includes('node(nodeId');
    if (['OVERLOADED', 'SHARD_UNAVAILABLE'].includes(code) || isForeignId) this.#refused++;
    else this.#problems.push(`unexpected: ${query}: ${JSON.stringify(answer.body.errors)}`);
    return false;
  }

  /** Of concurrent requests the last answer's token is kept, as a browser would. What was seen counts as far as it tells. */
  #keepToken(client: Client, { token }: HttpAnswer): void {
    if (token !== null) client.token = token;
    const { versionByShard } = client.token === null ? { versionByShard: new Map() } : decodeSessionToken(client.token);
    for (const [account, version] of client.seen) {
      const told = versionByShard.get(this.#shardByAccount.get(account)!) ?? 0;
      if (told < version) client.seen.delete(account);
    }
  }

  #hasSeen(client: Client, account: string, version: number): void {
    const told =
      client.token === null
        ? 0
        : (decodeSessionToken(client.token).versionByShard.get(this.#shardByAccount.get(account)!) ?? 0);
    if (told < version) return;
    client.seen.set(account, Math.max(version, client.seen.get(account) ?? 0));
  }

  #nowMs(): number {
    return Date.now() + passedMs;
  }
}

const knows = ({ release }: Deployed, { needs }: Question): boolean => needs === release || needs === 'present';

/** As the API makes them, or with a zero more in the number: they are not signed. */
function nodeIdOf(account: string, amount: string, isCanonical: boolean): string {
  const part = String(WIRE_KINDS.decimal.toToken(amount));
  return encodeToken(['Entry', account, isCanonical ? part : part.replace('e', '0e')]);
}

interface Question {
  /** The release that knows the field. */
  readonly needs: Release;
  /** A field of the query; `@` stands for the directive. */
  readonly field: string;
  readonly accounts: readonly string[];
  shown(answer: unknown, account: string): string;
  expected(entries: Entries): string;
}

type EntryRow = Entry & { readonly account?: string };

const rowsOf = (answer: unknown): readonly EntryRow[] => (answer as { nodes: EntryRow[] }).nodes;

/** What is compared of an entry, or of entries. */
function text(value: unknown): string {
  const rows = Array.isArray(value) ? value : [value];
  const told = rows.map((row: EntryRow | null) => row && `${row.title} ${row.label}`);
  return JSON.stringify(Array.isArray(value) ? told : told[0]);
}

const inOrder = (entries: Entries): Entry[] =>
  [...entries].sort(([a], [b]) => Number(a) - Number(b)).map(([, entry]) => entry);
