import { useState } from 'preact/hooks';
import type { ViewProps } from '../../app/app.tsx';
import { useCall } from '../../calls/use-call.ts';
import { type ShardsAnswer, shardsCall } from '../../operations/shards.ts';
import { Answered, Panel } from '../../parts/panel.tsx';
import { OneShard } from './one-shard.tsx';
import { ShardMap } from './shard-map.tsx';
import { ShardTable } from './shard-table.tsx';

const EVERY_MS = 15_000;

export function ShardsView({ parameters: [name] }: ViewProps) {
  const [isLive, setLive] = useState(false);
  const state = useCall<ShardsAnswer>(shardsCall(isLive), { everyMs: isLive ? 0 : EVERY_MS });
  if (name) return <OneShard state={state} name={name} />;
  return (
    <Answered state={state}>
      {({ shards }) => (
        <>
          <Panel
            title="Map"
            call={state.call}
            isWide
            about="All 16,384 slots, in their order, by the shard that owns them. The width of a part is its share of all shard keys."
          >
            <ShardMap shards={shards} />
          </Panel>
          <Panel
            title="Capacity"
            call={state.call}
            isWide
            about="As shards have reported with their commits: looking wakes none of them."
            tools={
              <button type="button" aria-pressed={isLive} onClick={() => setLive(!isLive)}>
                {isLive ? 'Asked now' : 'Ask each shard (wakes it)'}
              </button>
            }
          >
            <ShardTable shards={shards} />
          </Panel>
        </>
      )}
    </Answered>
  );
}
