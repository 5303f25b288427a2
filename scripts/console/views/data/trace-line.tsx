import { counted } from '../../parts/format.ts';

interface Trace {
  readonly shards?: readonly string[];
  readonly rpcs?: number;
  readonly statements?: number;
  readonly rowsRead?: number;
}

/** What the page has cost, by its trace. */
export function TraceLine({ extensions }: { readonly extensions: Readonly<Record<string, unknown>> }) {
  const trace = extensions.trace as Trace | undefined;
  if (trace === undefined) return null;
  const { shards = [], rpcs = 0, statements = 0, rowsRead = 0 } = trace;
  return (
    <p class="hint" data-trace={JSON.stringify({ rpcs, statements, rowsRead })}>
      {rpcs === 0
        ? 'Answered from the cache: no shard was asked.'
        : `${counted(rpcs, 'call')} to ${counted(shards.length, 'shard')}, ${counted(statements, 'statement')}, ${counted(rowsRead, 'row')} read.`}
    </p>
  );
}
