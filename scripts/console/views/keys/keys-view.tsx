import { useState } from 'preact/hooks';
import { announce } from '../../app/announce.tsx';
import { type Call, operatorCall } from '../../calls/call.ts';
import { useCall } from '../../calls/use-call.ts';
import { API_KEYS, type ApiKey, type ApiKeysAnswer, CREATE_API_KEY } from '../../operations/api-keys.ts';
import { useAction } from '../../parts/action.tsx';
import { CopyButton, CurlButton } from '../../parts/copy-button.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { TextField } from '../../parts/field.tsx';
import { formatDay, formatTime } from '../../parts/format.ts';
import { Answered, Failed, Panel } from '../../parts/panel.tsx';
import { parseClaims } from '../../parts/parse-claims.ts';
import { Tag } from '../../parts/tag.tsx';
import { Value } from '../../parts/value.tsx';
import { RevokeKey } from './revoke-key.tsx';
import { SessionPanel } from './session-panel.tsx';

export function KeysView() {
  const state = useCall<ApiKeysAnswer>(operatorCall(API_KEYS));
  return (
    <>
      <Panel
        title="Keys"
        call={state.call}
        isWide
        about="Credentials of programs. Revoked ones are refused within half a minute."
      >
        <Answered state={state}>{({ apiKeys }) => <Keys keys={apiKeys} onChange={state.reload} />}</Answered>
      </Panel>
      <NewKey onCreated={state.reload} />
      <SessionPanel />
    </>
  );
}

function Keys({ keys, onChange }: { readonly keys: readonly ApiKey[]; readonly onChange: () => void }) {
  return (
    <DataTable
      caption="API keys"
      rows={[...keys].reverse()}
      keyOf={({ name, createdAt }) => `${name} ${createdAt}`}
      empty="There are no API keys yet."
      columns={[
        { title: 'Name', isHead: true, cell: ({ name }) => name },
        { title: 'State', cell: (key) => <State apiKey={key} /> },
        { title: 'Role', cell: ({ role }) => role },
        { title: 'Claims', cell: ({ claims }) => <Value value={claims} /> },
        { title: 'Created', cell: ({ createdAt }) => formatTime(createdAt) },
        { title: 'Expires', cell: ({ expiresAt }) => (expiresAt === null ? 'never' : formatDay(expiresAt)) },
        {
          title: 'Action',
          cell: ({ name, revokedAt }) => (revokedAt === null ? <RevokeKey name={name} onDone={onChange} /> : null),
        },
      ]}
    />
  );
}

function State({ apiKey: { revokedAt, expiresAt } }: { readonly apiKey: ApiKey }) {
  if (revokedAt !== null) return <Tag tone="bad">revoked</Tag>;
  const isOver = expiresAt !== null && Date.parse(expiresAt) <= Date.now();
  return isOver ? <Tag tone="warn">expired</Tag> : <Tag tone="good">valid</Tag>;
}

function NewKey({ onCreated }: { readonly onCreated: () => void }) {
  const [name, setName] = useState('');
  const [role, setRole] = useState('');
  const [claims, setClaims] = useState('');
  const [expiresAt, setExpiresAt] = useState('');
  const [text, setText] = useState<string | null>(null);
  const { isBusy, failure, run } = useAction<{ readonly createApiKey: string }>();
  const parsed = parseClaims(claims);
  const call: Call = operatorCall(CREATE_API_KEY, {
    name,
    role,
    claims: parsed.claims,
    expiresAt: expiresAt === '' ? null : `${expiresAt}T00:00:00.000Z`,
  });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (parsed.problem !== null) return;
    void run(call, ({ createApiKey }) => {
      setText(createApiKey);
      setName('');
      announce(`Created the API key ${name}.`);
      onCreated();
    });
  };
  return (
    <Panel title="New key" tools={<CurlButton call={call} of="New key" />}>
      <form class="fields" onSubmit={submit}>
        <TextField label="Name" value={name} required onText={setName} about="What it is for." />
        <TextField
          label="Role"
          value={role}
          required
          onText={setRole}
          about="A role of the access rules, or operator."
        />
        <TextField
          label="Claims"
          value={claims}
          placeholder='{"shardKey": "…"}'
          onText={setClaims}
          about={parsed.problem ?? 'As JSON. Empty: none.'}
          isWrong={parsed.problem !== null}
        />
        <TextField label="Expires" type="date" value={expiresAt} onText={setExpiresAt} about="Empty: never." />
        <button type="submit" class="primary" disabled={isBusy}>
          Create
        </button>
      </form>
      {failure && <Failed failure={failure} />}
      {text !== null && (
        <div class="secret" role="status">
          <p>This is the key. It is shown this once:</p>
          <p>
            <code>{text}</code> <CopyButton text={() => text} label="Copy" told="Copied the key." />
          </p>
          <button type="button" onClick={() => setText(null)}>
            I have it
          </button>
        </div>
      )}
    </Panel>
  );
}
