import { DEPLOYMENT, NO_EVIDENCE } from '../../../alert.ts';
import type { Finding, Rule } from '../finding.ts';
import { writersOf } from '../suspects.ts';

/** Messages of the queue were given up. They stay until an operator replays or discards them, and so does the alert. */
export const deadLettersRule: Rule<'dead-letters'> = ({ recent }) => {
  const { deadLettered } = recent.queue;
  const isCleared = (recent.events['dead-letters-cleared'] ?? 0) > 0;
  if (deadLettered === 0 && !isCleared) return [];
  const { shardKey, operation } = writersOf(recent, null);
  const finding: Finding = {
    subject: DEPLOYMENT,
    status: deadLettered > 0 ? 'BROKEN' : 'WELL',
    severity: 'WARNING',
    rank: 1,
    summary: `${deadLettered} message${deadLettered === 1 ? '' : 's'} of the invalidation queue could not be consumed, and ${deadLettered === 1 ? 'is' : 'are'} kept as dead letter${deadLettered === 1 ? '' : 's'}.`,
    remedy:
      'Caches are right all the same, as shards publish by themselves. See why with npm run shardql -- dead-letters; messages of another release or that are none of ShardQL have the reason UNKNOWN_FORMAT: find who sends to the queue; then npm run shardql -- dead-letters --replay.',
    evidence: { ...NO_EVIDENCE, shardKey, operation },
  };
  return [finding];
};
