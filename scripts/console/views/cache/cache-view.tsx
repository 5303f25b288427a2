import { useState } from 'preact/hooks';
import { type Call, operatorCall } from '../../calls/call.ts';
import { useCall } from '../../calls/use-call.ts';
import { CACHE_ENTRY, type CacheEntryAnswer } from '../../operations/cache-entry.ts';
import { Choice, TextField } from '../../parts/field.tsx';
import { Answered, Empty, Panel } from '../../parts/panel.tsx';
import { parseClaims } from '../../parts/parse-claims.ts';
import { EntryCard } from './entry-card.tsx';

const BY = [
  ['row', 'a row, by its global id'],
  ['key', 'a row, by table and key'],
  ['query', 'a query'],
] as const;

const MODES = [
  ['CACHED', 'CACHED'],
  ['BOUNDED', 'BOUNDED'],
  ['SESSION', 'SESSION'],
  ['STRONG', 'STRONG'],
] as const;

/** What caches hold of something, and whether a reader would get it. */
export function CacheView() {
  const [by, setBy] = useState<(typeof BY)[number][0]>('row');
  const [mode, setMode] = useState<(typeof MODES)[number][0]>('CACHED');
  const [nodeId, setNodeId] = useState('');
  const [table, setTable] = useState('');
  const [id, setId] = useState('');
  const [shardKey, setShardKey] = useState('');
  const [query, setQuery] = useState('');
  const [variables, setVariables] = useState('');
  const [asked, setAsked] = useState<Call | null>(null);
  const state = useCall<CacheEntryAnswer>(asked);
  const parsed = parseClaims(variables);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (by === 'query' && parsed.problem !== null) return;
    const what = { row: { nodeId }, key: { table, id, shardKey }, query: { query, variables: parsed.claims } }[by];
    setAsked(operatorCall(CACHE_ENTRY, { ...what, mode }));
  };
  return (
    <>
      <Panel
        title="Look up"
        call={asked}
        isWide
        about="In the memory of the isolate that answers, and in Workers KV: when it was stored, what has changed since, and why a reader would get it or not. No shard is asked."
      >
        <form class="fields" onSubmit={submit}>
          <Choice label="What" value={by} choices={BY} onChoice={setBy} />
          <Choice label="For a reader in mode" value={mode} choices={MODES} onChoice={setMode} />
          {by === 'row' && <TextField label="Global id" shortcut="/" value={nodeId} required onText={setNodeId} />}
          {by === 'key' && (
            <>
              <TextField label="Table" value={table} required onText={setTable} about="A type of the model." />
              <TextField label="Key" value={id} required onText={setId} />
              <TextField label="Shard key" value={shardKey} required onText={setShardKey} />
            </>
          )}
          {by === 'query' && (
            <>
              <div class="field wide">
                <label for="cache-query">Query</label>
                <textarea
                  id="cache-query"
                  rows={6}
                  required
                  spellcheck={false}
                  value={query}
                  onInput={({ currentTarget }) => setQuery(currentTarget.value)}
                />
              </div>
              <TextField
                label="Variables"
                value={variables}
                isWrong={parsed.problem !== null}
                about={parsed.problem ?? 'As JSON. Empty: none.'}
                onText={setVariables}
              />
            </>
          )}
          <button type="submit" class="primary">
            Look up
          </button>
        </form>
      </Panel>
      {asked && (
        <Answered state={state}>
          {({ cacheEntry }) =>
            cacheEntry.length === 0 ? (
              <Empty>Nothing of it is ever cached.</Empty>
            ) : (
              cacheEntry.map((entry) => <EntryCard key={entry.kvKey} entry={entry} call={state.call} />)
            )
          }
        </Answered>
      )}
    </>
  );
}
