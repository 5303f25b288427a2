import type { ApiClient } from '../../api-client.ts';
import type { Finding } from '../examine.ts';

interface Advice {
  readonly summary: string;
  readonly remedy: string;
  readonly index: { readonly ddl: string } | null;
}

/** What `/operator` and the console advise, from what the monitor was told of requests: docs/alerts.md. */
export async function adviceOfMonitor(api: ApiClient): Promise<Pick<Finding, 'problems' | 'advice'>> {
  const { advice } = await api.operate<{ advice: readonly Advice[] | null }>(
    '{ advice { summary remedy index { ddl } } }',
  );
  if (advice === null) {
    return {
      problems: [],
      advice: ['Bind a Monitor as MONITOR, as wrangler.toml shows: nobody keeps what requests do.'],
    };
  }
  return { problems: [], advice: advice.map(lineOf) };
}

const lineOf = ({ summary, remedy, index }: Advice): string =>
  [summary, remedy, ...(index === null ? [] : [`SQL: ${index.ddl}`])].join(' ');
