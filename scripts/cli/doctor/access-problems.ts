import type { Unstable_Config } from 'wrangler';
import type { Model } from '../../../src/model/types.ts';

/** Names of variables that hold secrets, as people name them. The operators' token has a check of its own. */
const SECRET = /(SECRET|PASSWORD|PASSWD|TOKEN|PRIVATE_?KEY|API_?KEY|CREDENTIALS?)S?$/i;

/** A configuration is in a repository and in the dashboard, where many read it. */
export function secretsInVars({ vars }: Unstable_Config): string[] {
  return Object.entries(vars)
    .filter(([name, value]) => name !== 'SHARDQL_OPERATOR_TOKEN' && SECRET.test(name) && value !== '')
    .map(
      ([name]) =>
        `vars.${name} looks like a secret in a file that others read. Set it with: npx wrangler secret put ${name}`,
    );
}

/** Whether the Worker counts with them, no configuration says; without them it cannot. */
export function missingRateLimits({ ratelimits, durable_objects }: Unstable_Config): string[] {
  const counts = (ratelimits ?? []).some(({ name }) => name.startsWith('RATE_LIMIT_'));
  const countsExactly = durable_objects.bindings.some(({ name }) => name === 'RATE_LIMITER');
  return counts || countsExactly
    ? []
    : ['Consider rate limits (docs/rate-limits.md): without them, one caller may send any number of requests.'];
}

/** Tables that nobody but operators reaches. */
export function tablesWithoutRules({ tables, roles }: Model): string[] {
  const ruled = new Set([...roles.values()].flatMap((tablesOfRole) => [...tablesOfRole.keys()]));
  if (ruled.size === 0) return ['Consider access rules: no table has any, so that only operators are let in.'];
  return tables
    .filter(({ typeName }) => !ruled.has(typeName))
    .map(({ typeName }) => `Consider access rules for ${typeName}: without any, only operators reach its rows.`);
}
