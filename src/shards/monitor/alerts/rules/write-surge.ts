import { DEPLOYMENT, NO_EVIDENCE } from '../../../alert.ts';
import type { Rule } from '../finding.ts';
import { keyBy, operationsBy, percent } from '../suspects.ts';
import { isLearnt, rowsWrittenOf } from '../usual-rates.ts';

/** As many times what is usual is unusual. */
const UNUSUAL = 5;

/** One tenant or one operation writes far more than is usual: a bulk that ran away, perhaps. */
export const writeSurgeRule: Rule<'write-surge'> = ({ recent, recentMs, usual }, { rowsPerSecond, keyShare }) => {
  if (!isLearnt(usual) || recentMs === 0) return [];
  const written = rowsWrittenOf(recent);
  const rate = (written * 1_000) / recentMs;
  const usualRate = (usual.rowsWritten * 1_000) / Math.max(1, usual.weightMs);
  const bound = Math.max(rowsPerSecond, UNUSUAL * usualRate);
  const key = keyBy(recent, null, ({ usage }) => usage.rowsWritten);
  const [first] = operationsBy(recent, ({ usage }) => usage.rowsWritten);
  const most = Math.max(key?.value ?? 0, first?.value ?? 0) / Math.max(1, written);
  const operation = first ?? null;
  return [
    {
      subject: DEPLOYMENT,
      status: rate >= bound && most >= keyShare ? 'BROKEN' : rate < bound / 2 ? 'WELL' : 'BETWEEN',
      severity: 'WARNING',
      rank: 1,
      summary: `${Math.round(rate)} rows were written per second, ${Math.round(usualRate)} are usual; ${percent(most)} of them by one operation or under one shard key.`,
      remedy:
        'Stop the program that sends the operation named here, or limit its caller (docs/rate-limits.md). What it has changed can be taken back: npm run shardql -- undo, or restore --shard-key (docs/recovery.md).',
      evidence: {
        ...NO_EVIDENCE,
        shard: key?.shard ?? null,
        shardKey: key?.shardKey ?? null,
        operation: operation?.label ?? key?.operation ?? null,
      },
    },
  ];
};
