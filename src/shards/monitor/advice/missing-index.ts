import type { Advice } from '../../advice.ts';
import type { SlowOperation, SlowRead } from '../../isolate-report.ts';
import type { IndexNeeds } from '../../plan/index-needs.ts';
import { advisedIndex, missingColumns, predictedRows } from '../../plan/recommended-index.ts';
import { type AdviceFacts, type Advisor, NO_SUBJECT } from './advice-facts.ts';

/** A read of fewer rows is fast without an index. */
const LEAST_ROWS = 500;
/** As many times the rows that it gives, a read has looked at too many. */
const TOO_MANY = 10;

/** A read that an index would help. */
interface Case {
  readonly operation: SlowOperation;
  readonly read: SlowRead;
  readonly needs: IndexNeeds;
  readonly columns: readonly string[];
}

/** Slow reads that look at far more rows than they give, where no index serves them. */
export const missingIndexes: Advisor = (facts) => {
  const cases = new Map<string, Case[]>();
  for (const operation of facts.slow) {
    for (const found of casesOf(operation, facts)) {
      const name = `${found.needs.table}(${found.columns.join(',')})`;
      cases.set(name, [...(cases.get(name) ?? []), found]);
    }
  }
  return [...cases].map(([name, found]) => adviceOf(name, found, facts));
};

/** The first part of a read that lacks an index: how many rows each part has read is not known. */
function* casesOf(operation: SlowOperation, { model }: AdviceFacts): Generator<Case> {
  for (const read of operation.reads) {
    if (read.rowsRead < LEAST_ROWS || read.rowsRead < TOO_MANY * read.rowsReturned) continue;
    for (const needs of read.needs) {
      const columns = missingColumns(model, needs);
      if (columns === null) continue;
      yield { operation, read, needs, columns };
      break;
    }
  }
}

function adviceOf(name: string, cases: readonly Case[], { model }: AdviceFacts): Advice {
  const [{ operation, needs, columns }] = cases as [Case, ...Case[]];
  const table = model.table(needs.table);
  const now = mean(cases.map(({ read }) => read.rowsRead))!;
  const predictions = cases.map(({ read, needs: own }) =>
    own.path.length > 0 || read.needs.length > 1 ? null : predictedRows(table, own, columns, read),
  );
  const then = predictions.includes(null) ? null : mean(predictions as number[]);
  const index = advisedIndex(model, table, columns, { rowsReadNow: now, rowsReadThen: then });
  const label = operation.name ?? operation.hash;
  return {
    ...NO_SUBJECT,
    id: `MISSING_INDEX ${name}`,
    kind: 'MISSING_INDEX',
    summary: `${label} reads ${now} rows of ${needs.table} where it gives ${mean(cases.map(({ read }) => read.rowsReturned))}, since no index begins with ${columns.join(', ')}.`,
    remedy: `Add ${index.drizzle} to the table of ${needs.table} in the model, then run npm run db:generate and deploy.${
      then === null ? '' : ` It would read about ${then} rows.`
    }`,
    table: needs.table,
    operation: label,
    operationHash: operation.hash,
    shard: operation.shards[0] ?? null,
    shardKey: operation.shardKey,
    index,
  };
}

const mean = (values: readonly number[]): number =>
  Math.round(values.reduce((sum, value) => sum + value, 0) / values.length);
