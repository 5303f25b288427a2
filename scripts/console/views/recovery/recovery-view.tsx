import type { ViewProps } from '../../app/app.tsx';
import { operatorCall } from '../../calls/call.ts';
import { useCall } from '../../calls/use-call.ts';
import { RESTORES, type RestoresAnswer } from '../../operations/recovery.ts';
import { Answered, Panel } from '../../parts/panel.tsx';
import { BookmarkPanel } from './bookmark-panel.tsx';
import { CopyForm } from './copy-form.tsx';
import { RestoreForm } from './restore-form.tsx';
import { RestoreList } from './restore-list.tsx';
import { UndoForm } from './undo-form.tsx';

const EVERY_MS = 2_000;

/** `#/recovery/<operation to undo>/<shard key to restore>`. */
export function RecoveryView({ parameters: [operationId = '', shardKey = ''] }: ViewProps) {
  const state = useCall<RestoresAnswer>(operatorCall(RESTORES), { everyMs: EVERY_MS });
  return (
    <>
      <UndoForm key={`undo ${operationId}`} operationId={operationId} />
      <RestoreForm key={`restore ${shardKey}`} shardKey={shardKey} onDone={state.reload} />
      <CopyForm onDone={state.reload} />
      <Panel
        title="Restores"
        call={state.call}
        isWide
        about="Latest first. Shards go on by themselves; nobody reads or writes the rows until it is done."
      >
        <Answered state={state}>{({ restores }) => <RestoreList restores={restores} onDone={state.reload} />}</Answered>
      </Panel>
      <BookmarkPanel />
    </>
  );
}
