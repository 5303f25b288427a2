import { ALERT_RULES, type AlertRule } from '../../alert.ts';
import type { KnownAlertSettings, RuleSettings } from '../../alert-settings.ts';
import type { MonitorState } from '../monitor-state.ts';
import type { Finding, Rule } from './finding.ts';
import { authenticationRule } from './rules/authentication.ts';
import { cacheAuditRule } from './rules/cache-audit.ts';
import { capacityRule } from './rules/capacity.ts';
import { capacityForecastRule } from './rules/capacity-forecast.ts';
import { deadLettersRule } from './rules/dead-letters.ts';
import { errorRateRule } from './rules/error-rate.ts';
import { hitRatioRule } from './rules/hit-ratio.ts';
import { invalidationLagRule } from './rules/invalidation-lag.ts';
import { migrationFailedRule, migrationSlowRule } from './rules/migrations.ts';
import { overloadRule } from './rules/overload.ts';
import { shardUnavailableRule } from './rules/shard-unavailable.ts';
import { writeSurgeRule } from './rules/write-surge.ts';

const MINUTE_MS = 60_000;

interface RuleEntry<Name extends AlertRule> {
  readonly rule: Rule<Name>;
  /**
   * After so long without a report that tells of it, nobody knows whether the cause is there, and an alert is resolved. Null: never; the
   * cause stays until something is done, which is reported.
   */
  readonly forgetMs: number | null;
}

const RULES: { readonly [Name in AlertRule]: RuleEntry<Name> } = {
  capacity: { rule: capacityRule, forgetMs: null },
  'capacity-forecast': { rule: capacityForecastRule, forgetMs: null },
  'invalidation-lag': { rule: invalidationLagRule, forgetMs: 15 * MINUTE_MS },
  'hit-ratio': { rule: hitRatioRule, forgetMs: 15 * MINUTE_MS },
  'error-rate': { rule: errorRateRule, forgetMs: 15 * MINUTE_MS },
  'dead-letters': { rule: deadLettersRule, forgetMs: null },
  overload: { rule: overloadRule, forgetMs: 15 * MINUTE_MS },
  'shard-unavailable': { rule: shardUnavailableRule, forgetMs: 15 * MINUTE_MS },
  'migration-failed': { rule: migrationFailedRule, forgetMs: null },
  'migration-slow': { rule: migrationSlowRule, forgetMs: 15 * MINUTE_MS },
  'cache-audit': { rule: cacheAuditRule, forgetMs: 60 * MINUTE_MS },
  authentication: { rule: authenticationRule, forgetMs: 15 * MINUTE_MS },
  'write-surge': { rule: writeSurgeRule, forgetMs: 15 * MINUTE_MS },
};

export const forgetMsOf = (rule: AlertRule): number | null => RULES[rule].forgetMs;

/** What the rules that are on say, by rule. */
export const findAll = (
  state: MonitorState,
  settings: KnownAlertSettings,
): ReadonlyMap<AlertRule, readonly Finding[]> =>
  new Map(ALERT_RULES.map((rule) => [rule, findingsOf(rule, state, settings.rules[rule])]));

const findingsOf = <Name extends AlertRule>(
  name: Name,
  state: MonitorState,
  settings: RuleSettings[Name] | null,
): readonly Finding[] => (settings === null ? [] : RULES[name].rule(state, settings));
