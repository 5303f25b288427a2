import type { ViewProps } from '../../app/app.tsx';
import { linkTo } from '../../app/route.ts';
import { useCall } from '../../calls/use-call.ts';
import { type TablesAnswer, tablesCall } from '../../operations/tables.ts';
import { Choice } from '../../parts/field.tsx';
import { Answered, Empty } from '../../parts/panel.tsx';
import { TableBrowser } from './table-browser.tsx';

export function RowsView({ parameters: [type, shardKey] }: ViewProps) {
  const state = useCall<TablesAnswer>(tablesCall);
  return (
    <Answered state={state}>
      {({ tables }) => {
        const table = tables.find((each) => each.type === type) ?? (type ? undefined : tables[0]);
        return (
          <>
            <div class="fields">
              <Choice
                label="Table"
                value={table?.type ?? ''}
                choices={tables.map((each) => [each.type, each.type] as const)}
                onChoice={(chosen) => {
                  location.hash = linkTo('data', chosen);
                }}
              />
            </div>
            {table ? (
              <TableBrowser key={`${table.type} ${shardKey ?? ''}`} table={table} shardKey={shardKey ?? ''} />
            ) : (
              <Empty>There is no table {type}.</Empty>
            )}
          </>
        );
      }}
    </Answered>
  );
}
