import { useState } from 'preact/hooks';
import type { ViewProps } from '../../app/app.tsx';
import { linkTo } from '../../app/route.ts';
import { operatorCall } from '../../calls/call.ts';
import { useCall } from '../../calls/use-call.ts';
import { type TablesAnswer, tablesCall } from '../../operations/tables.ts';
import { SHARD_KEY, type ShardKeyAnswer } from '../../operations/tenants.ts';
import { TextField } from '../../parts/field.tsx';
import { Answered, Empty, Panel } from '../../parts/panel.tsx';
import { OneTenant } from './one-tenant.tsx';

export function TenantsView({ parameters: [given, type] }: ViewProps) {
  const [value, setValue] = useState(given ?? '');
  const state = useCall<ShardKeyAnswer>(given ? operatorCall(SHARD_KEY, { value: given, type: type ?? null }) : null);
  const tables = useCall<TablesAnswer>(given ? tablesCall : null);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (value !== '') location.hash = linkTo('tenants', value);
  };
  return (
    <>
      <Panel title="Find" about="All rows of a shard key, such as those of a tenant, are in one shard.">
        <form class="fields" onSubmit={submit}>
          <TextField label="Shard key" shortcut="/" value={value} required onText={setValue} />
          <button type="submit" class="primary">
            Show
          </button>
        </form>
      </Panel>
      {given && (
        <Answered state={state}>
          {({ shardKey }) =>
            shardKey === null ? (
              <Empty>There is no such shard key.</Empty>
            ) : (
              <OneTenant info={shardKey} call={state.call} tables={tables.data?.tables ?? []} />
            )
          }
        </Answered>
      )}
    </>
  );
}
