import type { CacheOutcome } from '../../events/event.ts';
import { getOrInsert } from '../../lib/get-or-insert.ts';
import type { TableCounts } from '../../shards/isolate-report.ts';

interface Sample {
  readonly labels: Readonly<Record<'event' | 'layer' | 'table', string>>;
  readonly count: number;
}

type Answers = Record<string, Partial<Record<CacheOutcome, number>>>;

/** By table what is counted by outcome, layer and table. */
export function tableCounts(samples: readonly Sample[]): TableCounts[] {
  const byTable = new Map<string, Answers>();
  for (const { labels, count } of samples) {
    const answers: Answers = getOrInsert(byTable, labels.table, () => ({}));
    answers[labels.layer] = { ...answers[labels.layer], [labels.event as CacheOutcome]: count };
  }
  return [...byTable].map(([table, answers]) => ({ table, answers }));
}
