import { useState } from 'preact/hooks';
import { operatorCall } from '../../calls/call.ts';
import { RESTORE_AS, type RestoreAsAnswer } from '../../operations/recovery.ts';
import { ConfirmedAction } from '../../parts/action.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { TextField } from '../../parts/field.tsx';
import { counted, formatCount } from '../../parts/format.ts';
import { Panel } from '../../parts/panel.tsx';
import { MomentField, momentOf } from './moment-field.tsx';

export function CopyForm({ onDone }: { readonly onDone: () => void }) {
  const [shardKey, setShardKey] = useState('');
  const [as, setAs] = useState('');
  const [moment, setMoment] = useState('');
  return (
    <Panel
      title="Copy the past under another shard key"
      about="Beside the rows of today, to look at or to take something from. Undone, the copy is gone again."
    >
      <div class="fields">
        <TextField label="Shard key" value={shardKey} onText={setShardKey} />
        <TextField label="As" value={as} onText={setAs} about="A shard key that has never had rows." />
        <MomentField value={moment} onText={setMoment} />
        <ConfirmedAction<RestoreAsAnswer>
          label="Preview…"
          title="Copy the past"
          isDisabled={shardKey === '' || as === '' || momentOf(moment) === null}
          call={operatorCall(RESTORE_AS, { shardKey, as, time: momentOf(moment) })}
          preview={({ restoreAs: { preview } }) =>
            preview && (
              <>
                <p>
                  {counted(
                    preview.tables.reduce((sum, { rowCount }) => sum + rowCount, 0),
                    'row',
                  )}{' '}
                  would be written; {counted(preview.totalChanges, 'change')} since then are left out.
                </p>
                <DataTable
                  caption="Rows by table"
                  rows={preview.tables}
                  keyOf={({ type }) => type}
                  empty="There were no rows then."
                  columns={[
                    { title: 'Table', isHead: true, cell: ({ type }) => type },
                    { title: 'Rows', isFigure: true, cell: ({ rowCount }) => formatCount(rowCount) },
                  ]}
                />
              </>
            )
          }
          tokenOf={({ restoreAs }) => restoreAs.confirmation?.token}
          verb="Copy"
          told={() => 'The copy has begun: see the list.'}
          onDone={onDone}
        />
      </div>
    </Panel>
  );
}
