import { type AlertEvidence, DEPLOYMENT, NO_EVIDENCE } from '../../../alert.ts';
import { MIGRATING } from '../../../errors.ts';
import type { CodeCounts, Counts, OperationCounts } from '../../../isolate-report.ts';
import type { MonitorState, ReleaseCounts } from '../../monitor-state.ts';
import { type Rule, statusOf } from '../finding.ts';
import { keyBy, operationsBy, percent } from '../suspects.ts';
import { requestsOf } from '../usual-rates.ts';

/** Codes of failures that are no fault of the request. Shards that are full or not migrated are matters of other rules. */
const SERVER_FAULTS = ['INTERNAL_SERVER_ERROR', 'SHARD_UNAVAILABLE', 'DEADLINE_EXCEEDED', 'ARCHIVE_UNREADABLE'];

export const faultsOf = (
  { errors, requests }: Pick<OperationCounts, 'errors' | 'requests'>,
  codes: readonly string[] = SERVER_FAULTS,
): number =>
  Math.min(
    requests,
    codes.reduce((sum, code) => sum + (errors[code] ?? 0), 0),
  );

/**
 * Shards that migrate refuse with `SHARD_UNAVAILABLE`, too. Where no shard has failed otherwise, it is theirs, and `migration-slow` tells
 * of it. Refused calls are not compared with requests that failed: a request is repeated, and may ask many shards.
 */
function faultCodes({ shards }: Counts): readonly string[] {
  const isMigrating = shards.some(({ codes }) => (codes[MIGRATING] ?? 0) > 0);
  const isGone = shards.some(({ codes, failed }) => failed > 0 || (codes.SHARD_UNAVAILABLE ?? 0) > 0);
  return isMigrating && !isGone ? SERVER_FAULTS.filter((code) => code !== 'SHARD_UNAVAILABLE') : SERVER_FAULTS;
}

/** Requests fail for no fault of their own. */
export const errorRateRule: Rule<'error-rate'> = (state, { share, operationShare, leastErrors }) => {
  const { recent } = state;
  const requests = requestsOf(recent);
  if (requests === 0) return [];
  const faults = faultCodes(recent);
  const failing = operationsBy(recent, (counts) => faultsOf(counts, faults));
  const failed = recent.operations.reduce((sum, counts) => sum + faultsOf(counts, faults), 0);
  const worst = failing.find((each) => each.value >= leastErrors && each.value / each.requests >= operationShare);
  const status = failed < leastErrors ? statusOf(failed, leastErrors) : statusOf(failed / requests, share);
  const named = worst ?? failing[0];
  const codes = codesOf(recent.operations, faults);
  return [
    {
      subject: DEPLOYMENT,
      status: worst === undefined ? status : 'BROKEN',
      severity: 'CRITICAL',
      rank: 1,
      summary:
        named === undefined
          ? `${failed} of ${requests} requests failed.`
          : `${failed} of ${requests} requests (${percent(failed / requests)}) failed with ${codes.join(', ')}; most are ${named.label}, of which ${percent(named.value / named.requests)} failed.`,
      ...causeOf(state, named?.label ?? null, named?.hash ?? null, codes[0]),
    },
  ];
};

/** Most frequent first. */
function codesOf(operations: readonly { readonly errors: CodeCounts }[], faults: readonly string[]): string[] {
  const countOf = (code: string) => operations.reduce((sum, { errors }) => sum + (errors[code] ?? 0), 0);
  return faults.filter((code) => countOf(code) > 0).sort((a, b) => countOf(b) - countOf(a));
}

function causeOf(
  state: MonitorState,
  operation: string | null,
  hash: string | null,
  code: string | undefined,
): { readonly remedy: string; readonly evidence: AlertEvidence } {
  const { recent } = state;
  const keys = recent.keys.filter((each) => each.operation === hash);
  const key = keyBy({ ...recent, keys }, null, (each) => each.requests);
  const release = badRelease(state);
  const evidence = { ...NO_EVIDENCE, operation, shardKey: key?.shardKey ?? null, shard: key?.shard ?? null };
  if (release !== null) {
    return {
      remedy: `It began with version ${release.release} of the Worker: take it back (npx wrangler rollback), then look in its log for request-failed.`,
      evidence: { ...evidence, release: release.release },
    };
  }
  if (code === 'INTERNAL_SERVER_ERROR' || code === undefined) {
    return {
      remedy:
        'Look in the log for request-failed and shard-request-failed, which say why. If it began with a release, take that back (npx wrangler rollback).',
      evidence,
    };
  }
  return {
    remedy:
      code === 'DEADLINE_EXCEEDED'
        ? 'See slow operations, and advice on indexes for them; ask for less at once.'
        : 'Look in the log for shard-unavailable, which names the shard; npm run shardql -- status --live asks all of them.',
    evidence,
  };
}

/** A release this young may be the cause. */
const YOUNG_MS = 3_600_000;

/** A young version of the Worker that fails three times as often as the others, or that has replaced them. */
function badRelease({ releases, nowMs }: MonitorState): ReleaseCounts | null {
  const [newest] = releases.toSorted((a, b) => b.sinceMs - a.sinceMs);
  if (newest === undefined || releases.length < 2 || nowMs - newest.sinceMs > YOUNG_MS) return null;
  const others = releases.filter((each) => each !== newest);
  const sum = (of: (counts: ReleaseCounts) => number) => others.reduce((total, each) => total + of(each), 0);
  const [requests, failed] = [sum((each) => each.requests), sum((each) => each.failed)];
  if (newest.failed === 0) return null;
  const isWorse = newest.failed / newest.requests >= 3 * (failed / Math.max(1, requests));
  return isWorse ? newest : null;
}
