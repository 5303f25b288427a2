import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ADVICE_KINDS } from '../../src/shards/advice.ts';
import { ALERT_RULES } from '../../src/shards/alert.ts';
import { toAlertSettings } from '../../src/shards/alert-settings.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/alerts.md'), 'utf8');

it('docs/alerts.md lists all rules, with their settings and defaults', () => {
  const { rules } = toAlertSettings({});
  const expected = ALERT_RULES.map((rule) => [
    rule,
    Object.entries(rules[rule]!)
      .map(([name, value]) => `\`${name}\` ${value}`)
      .join(', '),
  ]);
  const listed = [...page.matchAll(/^\| `([a-z-]+)` \| .* \| ([^|]+) \|$/gm)].map(([, rule, settings]) => [
    rule,
    settings,
  ]);
  expect(listed).toEqual(expected);
});

it('docs/alerts.md lists all kinds of advice', () => {
  const listed = [...page.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, kind]) => kind);
  expect(listed.toSorted()).toEqual(ADVICE_KINDS.toSorted());
});
