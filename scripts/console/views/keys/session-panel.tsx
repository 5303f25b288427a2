import { useState } from 'preact/hooks';
import { type Call, operatorCall } from '../../calls/call.ts';
import { useCall } from '../../calls/use-call.ts';
import { SESSION, type SessionAnswer } from '../../operations/session.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { TextField } from '../../parts/field.tsx';
import { formatTime } from '../../parts/format.ts';
import { Answered, Panel } from '../../parts/panel.tsx';

/** What a client's session has seen: for reads in SESSION that go to shards more often than expected. */
export function SessionPanel() {
  const [token, setToken] = useState('');
  const [asked, setAsked] = useState<Call | null>(null);
  const state = useCall<SessionAnswer>(asked);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    setAsked(operatorCall(SESSION, { token: token.trim() }));
  };
  return (
    <Panel
      title="Session token"
      call={asked}
      about="Sessions are kept by clients alone. A token tells what its session has seen and written, which its reads in SESSION hold."
    >
      <form class="fields" onSubmit={submit}>
        <TextField
          label="Session token"
          value={token}
          required
          about="The header x-shardql-token of an answer."
          onText={setToken}
        />
        <button type="submit">Show</button>
      </form>
      {asked && <Answered state={state}>{({ session }) => <Session session={session} />}</Answered>}
    </Panel>
  );
}

function Session({ session }: { readonly session: SessionAnswer['session'] }) {
  const { isSealed, isReadable, epoch, shards, others } = session;
  if (!isReadable) return <p>It was sealed with another secret: its reads hold all that was committed before them.</p>;
  return (
    <>
      <p>
        {isSealed ? 'Sealed' : 'Not sealed'}, of epoch {epoch}
        {others !== null && `; of other shards what was committed until ${formatTime(others)}`}.
      </p>
      <DataTable
        caption="Shards that the session has seen"
        rows={shards}
        keyOf={({ name }) => name}
        empty="It has seen nothing of any shard."
        columns={[
          { title: 'Shard', isHead: true, cell: ({ name }) => name },
          { title: 'Has seen commits until', cell: ({ at }) => formatTime(at) },
          { title: 'Version', cell: ({ version }) => <code>{version}</code> },
        ]}
      />
    </>
  );
}
