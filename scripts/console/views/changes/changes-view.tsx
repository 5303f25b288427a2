import { useState } from 'preact/hooks';
import type { ViewProps } from '../../app/app.tsx';
import { linkTo } from '../../app/route.ts';
import { operatorCall } from '../../calls/call.ts';
import { useCall } from '../../calls/use-call.ts';
import { CHANGES, type ChangesAnswer } from '../../operations/changes.ts';
import { type ShardsAnswer, shardsCall } from '../../operations/shards.ts';
import { type TablesAnswer, tablesCall } from '../../operations/tables.ts';
import { Choice } from '../../parts/field.tsx';
import { Pager } from '../../parts/pager.tsx';
import { Answered, Panel } from '../../parts/panel.tsx';
import { usePages } from '../../parts/use-pages.ts';
import { ChangeTable } from './change-table.tsx';

const FIRST = 50;

/** The change log of a shard. */
export function ChangesView({ parameters: [given] }: ViewProps) {
  const shards = useCall<ShardsAnswer>(shardsCall());
  const tables = useCall<TablesAnswer>(tablesCall);
  const [table, setTable] = useState('');
  const names = shards.data?.shards.map(({ name }) => name) ?? [];
  const shard = given ?? names[0] ?? null;
  const pages = usePages(`${shard} ${table}`);
  const state = useCall<ChangesAnswer>(
    shard === null
      ? null
      : operatorCall(CHANGES, {
          shard,
          table: table === '' ? null : table,
          first: FIRST,
          after: pages.after,
        }),
  );
  return (
    <Panel
      title="Change log"
      call={state.call}
      isWide
      about="What commits have changed, latest first. Asking wakes the shard."
    >
      <div class="fields">
        <Choice
          label="Shard"
          value={shard ?? ''}
          choices={names.map((name) => [name, name] as const)}
          onChoice={(name) => {
            location.hash = linkTo('changes', name);
          }}
        />
        <Choice
          label="Table"
          value={table}
          choices={[['', 'all'], ...(tables.data?.tables ?? []).map(({ type }) => [type, type] as const)]}
          onChoice={setTable}
        />
      </div>
      {shard !== null && (
        <Answered state={state}>
          {({ changes }) => (
            <>
              <ChangeTable changes={changes.nodes} />
              <Pager pages={pages} of="the change log" {...changes} />
            </>
          )}
        </Answered>
      )}
    </Panel>
  );
}
