import { describe, expect, it } from 'vitest';
import { NO_EVIDENCE } from '../../../../src/shards/alert.ts';
import {
  type AlertRecord,
  changesAtMs,
  type Step,
  stepAlert,
} from '../../../../src/shards/monitor/alerts/alert-step.ts';
import type { Finding } from '../../../../src/shards/monitor/alerts/finding.ts';
import { T0 } from '../../../support/monitor/monitor-state.ts';

const LOOK_MS = 20_000;
const SETTINGS = { forMs: LOOK_MS, forgetMs: 900_000 };

const finding = (status: Finding['status'], parts: Partial<Finding> = {}): Finding => ({
  ...{ subject: 'shard-0', status, severity: 'WARNING', rank: 1, summary: status, remedy: '', evidence: NO_EVIDENCE },
  ...parts,
});

/** What becomes of it, look after look. Null: nothing was reported. */
function looks(findings: readonly (Finding | null)[], settings = SETTINGS): Step[] {
  let record: AlertRecord | null = null;
  return findings.map((each, at) => {
    const step = stepAlert('overload', record, each, settings, T0 + at * LOOK_MS);
    record = step.record?.state === 'RESOLVED' ? null : step.record;
    return step;
  });
}

const told = (steps: readonly Step[]) => steps.map(({ record, transition }) => [record?.state ?? null, transition]);

const [BROKEN, BETWEEN, WELL] = (['BROKEN', 'BETWEEN', 'WELL'] as const).map((status) => finding(status)) as [
  Finding,
  Finding,
  Finding,
];

describe('an alert', () => {
  it('is pending, fires once its cause has been there for so long, and resolves when it is gone', () => {
    expect(told(looks([BROKEN, BROKEN, BROKEN, WELL, WELL]))).toEqual([
      ['PENDING', null],
      ['FIRING', 'FIRED'],
      ['FIRING', null],
      ['RESOLVED', 'RESOLVED'],
      [null, null],
    ]);
  });

  it('fires at once where its rule does not wait', () => {
    expect(told(looks([BROKEN], { ...SETTINGS, forMs: 0 }))).toEqual([['FIRING', 'FIRED']]);
  });

  it('comes to nothing if the cause goes before that', () => {
    expect(told(looks([BROKEN, BETWEEN, BROKEN, WELL]))).toEqual([
      ['PENDING', null],
      [null, null],
      ['PENDING', null],
      [null, null],
    ]);
  });

  it('neither begins nor ends near the bound', () => {
    expect(told(looks([BETWEEN, BROKEN, BROKEN, BETWEEN, BETWEEN, BROKEN, WELL]))).toEqual([
      [null, null],
      ['PENDING', null],
      ['FIRING', 'FIRED'],
      ['FIRING', null],
      ['FIRING', null],
      ['FIRING', null],
      ['RESOLVED', 'RESOLVED'],
    ]);
  });

  it('tells again when it rises in rank, and never when it falls', () => {
    const ranks = [1, 3, 2, 3].map((rank) => finding('BROKEN', { rank }));
    expect(told(looks(ranks, { ...SETTINGS, forMs: 0 })).map(([, transition]) => transition)).toEqual([
      'FIRED',
      'ROSE',
      null,
      null,
    ]);
  });

  it('remembers who it was about', () => {
    const named = finding('BROKEN', { evidence: { ...NO_EVIDENCE, operation: 'Orders', shard: 'shard-0' } });
    const last = looks([named, finding('BROKEN', { evidence: { ...NO_EVIDENCE, shard: 'shard-1' } })]).at(-1)!;
    expect(last.record!.evidence).toMatchObject({ operation: 'Orders', shard: 'shard-1' });
  });
});

describe('without reports', () => {
  it('nothing fires, however long it is pending', () => {
    expect(told(looks([BROKEN, null, null, null])).map(([, transition]) => transition)).toEqual([
      null,
      null,
      null,
      null,
    ]);
    const later = stepAlert('overload', looks([BROKEN])[0]!.record, null, SETTINGS, T0 + 120_000);
    expect(later.record).toBeNull();
  });

  it('what fires goes on until nobody knows any more', () => {
    const { record } = looks([BROKEN, BROKEN])[1]!;
    const before = stepAlert('overload', record, null, SETTINGS, T0 + LOOK_MS + 899_999);
    expect(before).toEqual({ record, transition: null });
    const after = stepAlert('overload', record, null, SETTINGS, changesAtMs(record!, SETTINGS)!);
    expect(after).toMatchObject({ transition: 'RESOLVED', record: { resolution: 'NOT_REPORTED' } });
  });

  it('what stays until something is done stays', () => {
    const settings = { ...SETTINGS, forgetMs: null };
    const { record } = looks([BROKEN, BROKEN], settings as never)[1]!;
    expect(changesAtMs(record!, settings)).toBeNull();
    expect(stepAlert('overload', record, null, settings, T0 + 1e12)).toEqual({ record, transition: null });
  });
});
