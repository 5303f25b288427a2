import { closestName } from '../lib/closest-name.ts';
import { memoizeByObject } from '../lib/memoize-by-object.ts';
import { ALERT_RULES, type AlertRule } from './alert.ts';
import { ShardQLError } from './errors.ts';
import { LAG_BOUNDS_MS } from './lag-histogram.ts';

/**
 * When each rule fires. `forSeconds`: how long the cause has to be there. Counts are of one look, that is of what was reported within 20
 * seconds; shares are from 0 to 1.
 */
const DEFAULT_RULES = {
  /** A shard has reached `warnBytes`, `planBytes` or `fullBytes` of the setting `capacity`. */
  capacity: { forSeconds: 0 },
  /** A shard that has at least `leastShare` of `fullBytes` will have all of it within so many days. */
  'capacity-forecast': { forSeconds: 0, days: 14, leastShare: 0.1 },
  /** 95 % of the invalidations took longer than `p95Ms`, and at least `leastCount` did. One of the buckets that lags are counted in. */
  'invalidation-lag': { forSeconds: 20, p95Ms: 1_000, leastCount: 3 },
  /** Of at least `leastLookups`, the cache answered a share that is lower by `drop` than what is usual. */
  'hit-ratio': { forSeconds: 20, drop: 0.2, leastLookups: 200 },
  /** At least `leastErrors` requests failed for no fault of their own: so many of all, or so many of one operation. */
  'error-rate': { forSeconds: 20, share: 0.02, operationShare: 0.1, leastErrors: 10 },
  /** A message of the invalidation queue was given up. */
  'dead-letters': { forSeconds: 0 },
  /** At least `leastRefused` calls to a shard were refused since too many waited, and so many of all. */
  overload: { forSeconds: 20, share: 0.01, leastRefused: 20 },
  /** At least `leastCalls` calls to a shard got no answer, and so many of all. */
  'shard-unavailable': { forSeconds: 20, share: 0.5, leastCalls: 5 },
  /** A shard refused calls since its rows could not be migrated. */
  'migration-failed': { forSeconds: 0 },
  /** A shard has refused calls for so long since it is migrating. Isolates report a short migration in two looks: it takes a third one. */
  'migration-slow': { forSeconds: 40 },
  /** An audit found an answer of the cache that lacks a commit of a minute ago. */
  'cache-audit': { forSeconds: 0 },
  /** At least `leastDenied` requests had no valid credential, so many of all, and four times as many as is usual; or an issuer's keys cannot be fetched. */
  authentication: { forSeconds: 20, share: 0.2, leastDenied: 20 },
  /** At least `rowsPerSecond` rows were written, and `keyShare` of them under one shard key or by one operation. */
  'write-surge': { forSeconds: 20, rowsPerSecond: 1_000, keyShare: 0.5 },
} as const satisfies Readonly<Record<AlertRule, Readonly<Record<string, number>>>>;

export type RuleSettings = {
  readonly [Rule in AlertRule]: { readonly [Name in keyof (typeof DEFAULT_RULES)[Rule]]: number };
};

/** False: the rule is off. */
type GivenRules = { readonly [Rule in AlertRule]?: Partial<RuleSettings[Rule]> | false };

export interface AlertSettings {
  /** Rules that are off, or fire at other numbers than by default. */
  readonly rules: GivenRules;
  /** Where alerts are sent: an address with https, or of this machine. The variable `SHARDQL_ALERT_WEBHOOK` goes before it. Default: nowhere. */
  readonly webhookUrl: string | null;
  /** Messages to the webhook name shard keys. They are values of rows. Default true. */
  readonly tellsShardKeys: boolean;
}

/** What `createStorage` is given for the `Monitor`. */
export interface MonitorSettings {
  /** What is told of what is wrong, and whom; see docs/alerts.md. Absent members have their defaults. */
  readonly alerts?: Partial<AlertSettings>;
}

/** As a total value. */
export interface KnownAlertSettings extends Omit<AlertSettings, 'rules'> {
  /** Null: the rule is off. */
  readonly rules: { readonly [Rule in AlertRule]: RuleSettings[Rule] | null };
}

const DEFAULTS: AlertSettings = { rules: {}, webhookUrl: null, tellsShardKeys: true };

/** Members of rules that are shares. */
const SHARES: ReadonlySet<string> = new Set(['share', 'leastShare', 'operationShare', 'drop', 'keyShare']);

const MAX_FOR_SECONDS = 86_400;

/**
 * Fills in the defaults.
 *
 * @throws ShardQLError that names the setting: the Worker does not start.
 */
export const toAlertSettings = memoizeByObject((monitor: MonitorSettings): KnownAlertSettings => {
  for (const name of Object.keys(monitor)) requireKnown(name, ['alerts'], 'monitor');
  const { alerts: given = {} } = monitor;
  for (const name of Object.keys(given)) requireKnown(name, Object.keys(DEFAULTS), 'monitor.alerts');
  const settings = { ...DEFAULTS, ...given };
  const { webhookUrl, tellsShardKeys } = settings;
  const problem = webhookUrl === null ? null : webhookUrlProblem(webhookUrl);
  if (problem !== null) throw wrong(`Expected monitor.alerts.webhookUrl ${problem}.`);
  if (typeof tellsShardKeys !== 'boolean') {
    throw wrong(`Expected monitor.alerts.tellsShardKeys to be true or false, but got ${tellsShardKeys}.`);
  }
  return { ...settings, rules: toRules(settings.rules) };
});

function toRules(given: GivenRules): KnownAlertSettings['rules'] {
  for (const name of Object.keys(given)) requireKnown(name, ALERT_RULES, 'monitor.alerts.rules');
  const rules = ALERT_RULES.map((rule) => {
    const own = given[rule];
    return [rule, own === false ? null : toRule(rule, own ?? {})];
  });
  return Object.fromEntries(rules);
}

function toRule(rule: AlertRule, given: Readonly<Record<string, unknown>>): object {
  const defaults: Readonly<Record<string, number>> = DEFAULT_RULES[rule];
  const where = `monitor.alerts.rules['${rule}']`;
  for (const [name, value] of Object.entries(given)) {
    requireKnown(name, Object.keys(defaults), where);
    if (SHARES.has(name)) {
      if (typeof value === 'number' && value > 0 && value <= 1) continue;
      throw wrong(`Expected ${where}.${name} to be a number above 0 and up to 1, but got ${value}.`);
    }
    if (name === 'p95Ms') {
      if ((LAG_BOUNDS_MS as readonly unknown[]).includes(value)) continue;
      throw wrong(`Expected ${where}.p95Ms to be one of ${LAG_BOUNDS_MS.join(', ')}, but got ${value}.`);
    }
    const [least, most] = name === 'forSeconds' ? [0, MAX_FOR_SECONDS] : [1, Number.MAX_SAFE_INTEGER];
    if (Number.isInteger(value) && (value as number) >= least && (value as number) <= most) continue;
    throw wrong(`Expected ${where}.${name} to be a whole number from ${least} on, but got ${value}.`);
  }
  return { ...defaults, ...given };
}

/** What is wrong with an address, after "Expected …"; null: nothing. It may hold a secret, so it is not quoted. */
export function webhookUrlProblem(url: string): string | null {
  if (!URL.canParse(url)) return 'to be an address, but got other text';
  const { protocol, hostname, username, password } = new URL(url);
  if (username !== '' || password !== '') return 'to be an address without credentials, but got one with';
  if (protocol === 'https:' || (protocol === 'http:' && LOOPBACK.has(hostname))) return null;
  return `to begin with https, but got ${protocol}//${hostname}`;
}

const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

function requireKnown(name: string, known: readonly string[], where: string): void {
  if (known.includes(name)) return;
  const meant = closestName(name, known);
  throw wrong(
    `Expected ${where} to have ${known.join(', ')}, but got ${name}${meant === undefined ? '; take it out' : `; write ${meant}`}.`,
  );
}

const wrong = (message: string): ShardQLError => new ShardQLError('INTERNAL_SERVER_ERROR', message);
