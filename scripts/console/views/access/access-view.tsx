import { useState } from 'preact/hooks';
import { type Call, operatorCall } from '../../calls/call.ts';
import { useCall } from '../../calls/use-call.ts';
import { ACTIONS, type AccessAnswer, EXPLAIN_ACCESS, ROLES, type RolesAnswer } from '../../operations/access.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { Choice, TextField } from '../../parts/field.tsx';
import { Answered, Panel } from '../../parts/panel.tsx';
import { parseClaims } from '../../parts/parse-claims.ts';
import { Tag } from '../../parts/tag.tsx';
import { Value } from '../../parts/value.tsx';

type Action = (typeof ACTIONS)[number];

/** Which rule of the model decides what a caller may do with a row. */
export function AccessView() {
  const roles = useCall<RolesAnswer>(operatorCall(ROLES));
  const [role, setRole] = useState('');
  const [claims, setClaims] = useState('');
  const [nodeId, setNodeId] = useState('');
  const [action, setAction] = useState<Action>('READ');
  const [asked, setAsked] = useState<Call | null>(null);
  const decision = useCall<AccessAnswer>(asked);
  const parsed = parseClaims(claims);
  const names = roles.data?.roles.map(({ name }) => name) ?? [];
  const chosen = role || (names[0] ?? '');
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (parsed.problem === null) {
      setAsked(operatorCall(EXPLAIN_ACCESS, { role: chosen, claims: parsed.claims, nodeId, action }));
    }
  };
  return (
    <>
      <Panel title="Roles" call={roles.call} about="Roles that the access rules of the model name.">
        <Answered state={roles}>
          {({ roles: known }) => (
            <DataTable
              caption="Roles and the claims that their rules use"
              rows={known}
              keyOf={({ name }) => name}
              empty="The model has no access rules: only operators are answered."
              columns={[
                { title: 'Role', isHead: true, cell: ({ name }) => name },
                { title: 'Claims', cell: ({ claims: used }) => used.join(', ') || 'none' },
              ]}
            />
          )}
        </Answered>
      </Panel>
      <Panel title="Who may do what, and why" call={asked}>
        <form class="fields" onSubmit={submit}>
          <Choice
            label="Role"
            value={chosen}
            choices={names.map((name) => [name, name] as const)}
            onChoice={(name) => setRole(name)}
          />
          <TextField
            label="Claims"
            value={claims}
            placeholder='{"shardKey": "…"}'
            onText={setClaims}
            about={parsed.problem ?? 'What is known of the caller, as JSON. Empty: nothing.'}
            isWrong={parsed.problem !== null}
          />
          <TextField label="Row" value={nodeId} required onText={setNodeId} about="Its global id (nodeId)." />
          <Choice
            label="Action"
            value={action}
            choices={ACTIONS.map((each) => [each, each.toLowerCase()] as const)}
            onChoice={setAction}
          />
          <button type="submit" class="primary">
            Explain
          </button>
        </form>
        {asked && <Answered state={decision}>{({ explainAccess }) => <Decision {...explainAccess} />}</Answered>}
      </Panel>
    </>
  );
}

function Decision({ allowed, decidedBy, reason, columns, checks, transitions }: AccessAnswer['explainAccess']) {
  return (
    <>
      <p>
        <Tag tone={allowed ? 'good' : 'bad'}>{allowed ? 'allowed' : 'denied'}</Tag> {reason} (<code>{decidedBy}</code>)
      </p>
      {columns.length > 0 && <p class="hint">Columns: {columns.join(', ')}</p>}
      <DataTable
        caption="Parts of the rule"
        rows={checks}
        keyOf={({ rule, where }) => `${rule} ${JSON.stringify(where)}`}
        empty="No part of a rule was looked at."
        columns={[
          { title: 'Rule', isHead: true, cell: ({ rule }) => <code>{rule}</code> },
          { title: 'Part', cell: ({ where }) => <Value value={where} limit={200} /> },
          {
            title: 'Holds',
            cell: ({ holds }) =>
              holds === null ? 'after the write' : <Tag tone={holds ? 'good' : 'bad'}>{holds ? 'yes' : 'no'}</Tag>,
          },
          { title: 'The row', cell: ({ row }) => <Value value={row} limit={200} /> },
          { title: 'Missing claims', cell: ({ missingClaims }) => missingClaims.join(', ') || '–' },
        ]}
      />
      {transitions.length > 0 && (
        <DataTable
          caption="Changes that are allowed"
          rows={transitions}
          keyOf={({ from, to }) => JSON.stringify([from, to])}
          empty=""
          columns={[
            { title: 'From', isHead: true, cell: ({ from }) => <Value value={from} limit={200} /> },
            { title: 'To', cell: ({ to }) => <Value value={to} limit={200} /> },
            { title: 'Open', cell: ({ open }) => (open ? 'yes' : 'no') },
          ]}
        />
      )}
    </>
  );
}
