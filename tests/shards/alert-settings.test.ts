import { describe, expect, it } from 'vitest';
import { toAlertSettings } from '../../src/shards/alert-settings.ts';

describe('settings of alerts', () => {
  it('have defaults, each of which can be another', () => {
    const { rules } = toAlertSettings({ alerts: { rules: { overload: false, 'invalidation-lag': { p95Ms: 500 } } } });
    expect(rules.overload).toBeNull();
    expect(rules['invalidation-lag']).toEqual({ forSeconds: 20, p95Ms: 500, leastCount: 3 });
    expect(rules['error-rate']).toEqual({ forSeconds: 20, share: 0.02, operationShare: 0.1, leastErrors: 10 });
  });

  it.each([
    [{ rule: {} }, 'Expected monitor.alerts to have rules, webhookUrl, tellsShardKeys, but got rule; write rules.'],
    [{ rules: { overlod: {} } }, /but got overlod; write overload\.$/],
    [{ rules: { 'disk-space': {} } }, /but got disk-space; take it out\.$/],
    [
      { rules: { overload: { shares: 1 } } },
      "Expected monitor.alerts.rules['overload'] to have forSeconds, share, leastRefused, but got shares; write share.",
    ],
    [{ rules: { overload: { share: 2 } } }, /share to be a number above 0 and up to 1, but got 2\.$/],
    [{ rules: { overload: { leastRefused: 0.5 } } }, /leastRefused to be a whole number from 1 on, but got 0\.5\.$/],
    [{ rules: { overload: { forSeconds: -1 } } }, /forSeconds to be a whole number from 0 on, but got -1\.$/],
    [{ rules: { 'invalidation-lag': { p95Ms: 900 } } }, /p95Ms to be one of 25, .*, but got 900\.$/],
    [{ webhookUrl: 'example.com' }, 'Expected monitor.alerts.webhookUrl to be an address, but got other text.'],
    [
      { webhookUrl: 'http://example.com/secret' },
      'Expected monitor.alerts.webhookUrl to begin with https, but got http://example.com.',
    ],
    [{ webhookUrl: 'https://me:secret@example.com' }, /without credentials, but got one with\.$/],
    [{ tellsShardKeys: 'no' }, /to be true or false, but got no\.$/],
  ])('refuses %j', (given, message) => {
    expect(() => toAlertSettings({ alerts: given as never })).toThrow(message);
  });

  it('are refused where they are not called so', () => {
    expect(() => toAlertSettings({ alert: {} } as never)).toThrow(
      'Expected monitor to have alerts, but got alert; write alerts.',
    );
  });

  it.each(['https://example.com/hook', 'http://127.0.0.1:9000/hook', 'http://localhost/'])('takes %s', (webhookUrl) => {
    expect(toAlertSettings({ alerts: { webhookUrl } }).webhookUrl).toBe(webhookUrl);
  });
});
