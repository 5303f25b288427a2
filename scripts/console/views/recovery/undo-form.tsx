import { useState } from 'preact/hooks';
import { operatorCall } from '../../calls/call.ts';
import { UNDO, type UndoAnswer } from '../../operations/recovery.ts';
import { ConfirmedAction } from '../../parts/action.tsx';
import { TextField } from '../../parts/field.tsx';
import { counted } from '../../parts/format.ts';
import { Panel } from '../../parts/panel.tsx';
import { ChangedRows } from './changed-rows.tsx';

export function UndoForm({ operationId: given }: { readonly operationId: string }) {
  const [operationId, setOperationId] = useState(given);
  const [undone, setUndone] = useState<UndoAnswer['undo'] | null>(null);
  return (
    <Panel
      title="Undo an operation"
      about="Rows that are as it left them go back to what they were. Rows that were changed since are left alone."
    >
      <div class="fields">
        <TextField
          label="Operation"
          value={operationId}
          about="Its id: answers to mutations have it, and so do changes."
          onText={setOperationId}
        />
        <ConfirmedAction<UndoAnswer>
          label="Preview…"
          title="Undo an operation"
          isDisabled={operationId.trim() === ''}
          call={operatorCall(UNDO, { operationId: operationId.trim() })}
          preview={({ undo }) => <Undone undo={undo} />}
          tokenOf={({ undo }) => undo.confirmation?.token}
          verb="Undo"
          told={({ undo }) => `Undone: ${counted(rowsOf(undo), 'row')}.`}
          onDone={({ undo }) => setUndone(undo)}
        />
      </div>
      {undone && (
        <>
          <Undone undo={undone} />
          {undone.operationId !== null && (
            <p>
              This undo can be undone: operation <code>{undone.operationId}</code>
            </p>
          )}
        </>
      )}
    </Panel>
  );
}

const rowsOf = ({ restoredCount, updatedCount, deletedCount }: UndoAnswer['undo']): number =>
  restoredCount + updatedCount + deletedCount;

function Undone({ undo }: { readonly undo: UndoAnswer['undo'] }) {
  const silent = undo.shards.filter(({ code }) => code !== null);
  return (
    <>
      <p>
        {counted(undo.restoredCount, 'row')} back, {undo.updatedCount} with their values of before, {undo.deletedCount}{' '}
        gone; {counted(undo.conflicts.totalCount, 'conflict')}.
      </p>
      {silent.map(({ name, code, message }) => (
        <p key={name} class="failure">
          {name}: <code>{code}</code> {message}
        </p>
      ))}
      <ChangedRows title="Rows that change" page={undo.changes} />
      {undo.conflicts.totalCount > 0 && (
        <ChangedRows title="Conflicts: rows that are left alone" page={undo.conflicts} />
      )}
    </>
  );
}
