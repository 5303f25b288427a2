/** Shards that are not at the schema of their release: those that cannot be, and those that take long. */
import { type AlertSeverity, NO_EVIDENCE } from '../../../alert.ts';
import { MIGRATING } from '../../../errors.ts';
import type { MonitorState } from '../../monitor-state.ts';
import type { Finding, Rule } from '../finding.ts';
import { keyBy, operationsBy } from '../suspects.ts';

export const migrationFailedRule: Rule<'migration-failed'> = (state) =>
  findings(state, 'MIGRATION_FAILED', {
    severity: 'CRITICAL',
    summaryOf: (shard, calls) => `${shard} refused ${calls} calls, since its rows could not be migrated.`,
    remedy:
      'npm run shardql -- migrate status shows the statement and the rows; take the release back (npx wrangler rollback, API first), or repair the rows and run npm run shardql -- migrate run.',
  });

export const migrationSlowRule: Rule<'migration-slow'> = (state) =>
  findings(state, MIGRATING, {
    severity: 'WARNING',
    summaryOf: (shard, calls) => `${shard} is migrating, and refused ${calls} calls meanwhile.`,
    remedy:
      'npm run shardql -- migrate status shows how far it is. It goes on by itself; to serve requests meanwhile, take the release back and run npm run shardql -- migrate run before it is deployed again (docs/changing-the-model.md, Large tables).',
  });

interface Words {
  readonly severity: AlertSeverity;
  summaryOf(shard: string, calls: number): string;
  readonly remedy: string;
}

/** By what calls were refused with: a migration that fails commits nothing, so a shard does not report it by itself. */
const findings = ({ recent }: MonitorState, code: string, { severity, summaryOf, remedy }: Words): Finding[] =>
  recent.shards
    .filter(({ calls, codes }) => calls > 0 || (codes[code] ?? 0) > 0)
    .map(({ shard, codes }) => {
      const refused = codes[code] ?? 0;
      const key = keyBy(recent, shard, ({ requests }) => requests);
      const [first] = operationsBy(recent, ({ failed }) => failed);
      return {
        subject: shard,
        status: refused > 0 ? 'BROKEN' : 'WELL',
        severity,
        rank: 1,
        summary: summaryOf(shard, refused),
        remedy,
        evidence: {
          ...NO_EVIDENCE,
          shard,
          shardKey: key?.shardKey ?? null,
          operation: key?.operation ?? first?.label ?? null,
        },
      };
    });
