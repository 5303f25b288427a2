import { operationsBy } from '../alerts/suspects.ts';
import { rowsWrittenOf } from '../alerts/usual-rates.ts';
import { type Advisor, NO_SUBJECT } from './advice-facts.ts';

/** In an hour: fewer cost little. */
const LEAST_REQUESTS = 5_000;
/** As many reads for each row that is written, of whichever table. */
const READS_PER_WRITE = 20;

/** Queries that ask shards each time, although what they read hardly changes. */
export const strongReads: Advisor = ({ counts }) => {
  const rowsWritten = rowsWrittenOf(counts);
  return operationsBy(counts, ({ kind, mode, requests }) => (kind === 'query' && mode === 'STRONG' ? requests : 0))
    .filter(({ value }) => value >= LEAST_REQUESTS && value >= READS_PER_WRITE * rowsWritten)
    .map(({ hash, label, value }) => ({
      ...NO_SUBJECT,
      id: `STRONG_READS ${hash}`,
      kind: 'STRONG_READS' as const,
      summary: `${label} read in STRONG ${value} times within the last hour, in which ${rowsWritten} rows were written: each time it asked shards.`,
      remedy: `If answers may be some seconds old, let it read in BOUNDED: @consistency(mode: BOUNDED, maxStalenessMs: 5000) in the query, or cache: { mode: 'BOUNDED' } of the model (docs/consistency.md).`,
      operation: label,
      operationHash: hash,
    }));
};
