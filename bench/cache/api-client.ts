import { parsePrometheus } from '../../tests/support/metrics/parse-prometheus.ts';
import type { BenchServer } from '../servers/start-server.ts';

export interface ClientAnswer {
  readonly errors?: unknown;
  readonly extensions?: { readonly consistency?: { readonly fields: readonly { readonly source: string }[] } };
}

/** Asks one server, and reads what it counts. */
export class ApiClient {
  readonly #origin: string;

  constructor({ port }: BenchServer) {
    this.#origin = `http://127.0.0.1:${port}`;
  }

  /** Throws for an answer with errors. */
  async ask(query: string, variables: Readonly<Record<string, unknown>>): Promise<ClientAnswer> {
    const response = await fetch(`${this.#origin}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    });
    const text = await response.text();
    const answer = response.ok ? (JSON.parse(text) as ClientAnswer) : null;
    if (answer === null || answer.errors)
      throw new Error(`Expected an answer without errors, but got ${text.slice(0, 500)}`);
    return answer;
  }

  /** Sum of the samples of a metric that have these labels, as it is now. */
  async metric(family: string, labels: Readonly<Record<string, string>> = {}, suffix = ''): Promise<number> {
    const text = await (await fetch(`${this.#origin}/metrics?live=1`)).text();
    const samples = parsePrometheus(text).get(family)?.samples ?? [];
    return samples
      .filter(({ name }) => name === `${family}${suffix}`)
      .filter((sample) => Object.entries(labels).every(([label, value]) => sample.labels[label] === value))
      .reduce((sum, { value }) => sum + value, 0);
  }
}

/** Where the one field of an answer came from. */
export const sourceOf = ({ extensions }: ClientAnswer): string => extensions!.consistency!.fields[0]!.source;

/** Runs `work` for the numbers from 0, so many at a time. */
export async function inParallel(count: number, workers: number, work: (at: number) => Promise<void>): Promise<void> {
  let next = 0;
  const run = async () => {
    for (let at = next++; at < count; at = next++) await work(at);
  };
  await Promise.all(Array.from({ length: workers }, run));
}
