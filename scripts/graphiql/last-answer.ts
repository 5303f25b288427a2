/** What is known of the last response: kept for the panel that shows it. */

/** A step of a request, as `extensions.trace` has it. */
export interface TraceStep {
  readonly step: string;
  readonly startMs: number;
  readonly durationMs: number;
  readonly method?: string;
  readonly operation?: string;
  readonly shard?: string;
  readonly shards?: readonly string[];
  readonly keys?: number;
  readonly attempts?: number;
  readonly rowsRead?: number;
  readonly rowsWritten?: number;
  readonly error?: string;
  readonly statements?: readonly TracedStatement[];
}

export interface TracedStatement {
  readonly sql: string;
  readonly shard?: string;
  readonly times: number;
  readonly rowsRead: number;
  readonly rowsWritten: number;
  readonly durationMs: number;
}

export interface TracedPlan {
  readonly path: readonly string[];
  readonly keys: number;
  readonly rowsRead: number;
  readonly rowsReturned: number;
  readonly plan: readonly string[];
}

export interface AnswerTrace {
  readonly shards: readonly string[];
  readonly rpcs: number;
  readonly statements: number;
  readonly rowsRead: number;
  readonly rowsWritten: number;
  readonly kvReads: number;
  readonly kvHits: number;
  readonly plans: readonly TracedPlan[];
  readonly steps: readonly TraceStep[];
}

/** How fresh a field is. Members that only operators see are absent for others. */
export interface FieldConsistency {
  readonly path: readonly string[];
  readonly mode: string;
  readonly source?: string;
  readonly ageMs?: number;
  readonly shards?: number;
}

export interface LastAnswer {
  /** From sending to the end of the answer, in milliseconds. */
  readonly clientMs: number;
  /** In the API; null: it did not tell. */
  readonly serverMs: number | null;
  readonly wasTraced: boolean;
  readonly trace: AnswerTrace | null;
  readonly fields: readonly FieldConsistency[];
  readonly cost: number | null;
}

interface Answer {
  readonly extensions?: {
    readonly trace?: AnswerTrace;
    readonly consistency?: { readonly fields: readonly FieldConsistency[] };
    readonly cost?: { readonly requested: number };
  };
}

const TRACING_KEY = 'shardql:trace';

/** One for the page: React components subscribe to it. */
export class LastAnswers {
  #last: LastAnswer | null = null;
  #isTracing = localStorage.getItem(TRACING_KEY) === 'true';
  readonly #listeners = new Set<() => void>();

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly last = (): LastAnswer | null => this.#last;

  /** Requests ask for a trace. */
  readonly isTracing = (): boolean => this.#isTracing;

  setTracing(isTracing: boolean): void {
    this.#isTracing = isTracing;
    localStorage.setItem(TRACING_KEY, String(isTracing));
    this.#tell();
  }

  answered(answer: Answer, headers: Headers, clientMs: number, wasTraced: boolean): void {
    const { trace = null, consistency, cost } = answer.extensions ?? {};
    const serverMs = totalOf(headers.get('server-timing'));
    this.#last = {
      clientMs,
      serverMs,
      wasTraced,
      trace,
      fields: consistency?.fields ?? [],
      cost: cost?.requested ?? null,
    };
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

const totalOf = (serverTiming: string | null): number | null => {
  const [, total] = /(?:^|,)\s*total;dur=([\d.]+)/.exec(serverTiming ?? '') ?? [];
  return total === undefined ? null : Number(total);
};
