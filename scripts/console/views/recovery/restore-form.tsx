import { useState } from 'preact/hooks';
import { operatorCall } from '../../calls/call.ts';
import { RESTORE_ROWS, type RestoreAnswer } from '../../operations/recovery.ts';
import { ConfirmedAction } from '../../parts/action.tsx';
import { Choice, TextField } from '../../parts/field.tsx';
import { counted } from '../../parts/format.ts';
import { Panel } from '../../parts/panel.tsx';
import { ChangedRows } from './changed-rows.tsx';
import { MomentField, momentOf } from './moment-field.tsx';

const SCOPES = [
  ['shardKeys', 'rows of shard keys'],
  ['shard', 'all rows of a shard'],
  ['all', 'all rows'],
] as const;

type Scope = (typeof SCOPES)[number][0];

export function RestoreForm({ shardKey, onDone }: { readonly shardKey: string; readonly onDone: () => void }) {
  const [scope, setScope] = useState<Scope>('shardKeys');
  const [keys, setKeys] = useState(shardKey);
  const [type, setType] = useState('');
  const [shard, setShard] = useState('');
  const [moment, setMoment] = useState('');
  const named = keys
    .split('\n')
    .map((key) => key.trim())
    .filter((key) => key !== '');
  const what: Readonly<Record<Scope, Readonly<Record<string, unknown>>>> = {
    shardKeys: { shardKeys: named, type: type.trim() === '' ? null : type.trim() },
    shard: { shard: shard.trim() },
    all: { all: true },
  };
  const isGiven = scope === 'all' || (scope === 'shard' ? shard.trim() !== '' : named.length > 0);
  return (
    <Panel
      title="Restore to an earlier time"
      about="In place: what was committed since is taken back. A restore can be undone."
    >
      <div class="fields">
        <Choice label="What" value={scope} choices={SCOPES} onChoice={setScope} />
        {scope === 'shardKeys' && (
          <>
            <div class="field">
              <label for="restore-keys">Shard keys, one a line</label>
              <textarea
                id="restore-keys"
                rows={2}
                spellcheck={false}
                value={keys}
                onInput={({ currentTarget }) => setKeys(currentTarget.value)}
              />
            </div>
            <TextField
              label="Type"
              value={type}
              onText={setType}
              about="Of a table, where shard keys are of several kinds."
            />
          </>
        )}
        {scope === 'shard' && <TextField label="Shard" value={shard} onText={setShard} />}
        <MomentField value={moment} onText={setMoment} />
        <ConfirmedAction<RestoreAnswer>
          label="Preview…"
          title="Restore"
          isDisabled={!isGiven || momentOf(moment) === null}
          call={operatorCall(RESTORE_ROWS, { ...what[scope], time: momentOf(moment) })}
          preview={({ restore: { preview } }) => preview && <Preview preview={preview} />}
          tokenOf={({ restore }) => restore.confirmation?.token}
          verb="Restore"
          told={() => 'The restore has begun: see the list.'}
          onDone={onDone}
        />
      </div>
    </Panel>
  );
}

function Preview({ preview }: { readonly preview: NonNullable<RestoreAnswer['restore']['preview']> }) {
  const { totalChanges, restoredCount, updatedCount, deletedCount, rows } = preview;
  return (
    <>
      <p>{counted(totalChanges, 'change')} would be taken back.</p>
      {restoredCount === null ? (
        <p>Which rows that changes is not shown: there are too many changes to look at each row.</p>
      ) : (
        <>
          <p>
            {counted(restoredCount, 'row')} back, {updatedCount} with other values, {deletedCount} gone.
          </p>
          <ChangedRows title="Rows that change" page={rows} />
        </>
      )}
    </>
  );
}
