import { operatorCall } from '../../calls/call.ts';
import { useCall } from '../../calls/use-call.ts';
import { AUDIT_LOG, type AuditAnswer } from '../../operations/audit-log.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { formatTime } from '../../parts/format.ts';
import { Pager } from '../../parts/pager.tsx';
import { Answered, Panel } from '../../parts/panel.tsx';
import { Tag, type Tone } from '../../parts/tag.tsx';
import { usePages } from '../../parts/use-pages.ts';

const FIRST = 50;

/** What has only begun is no failure. */
const TONES: Readonly<Record<string, Tone>> = { SUCCEEDED: 'good', STARTED: 'plain' };

export function AuditView() {
  const pages = usePages('audit');
  const state = useCall<AuditAnswer>(operatorCall(AUDIT_LOG, { first: FIRST, after: pages.after }));
  return (
    <Panel
      title="What operators did"
      call={state.call}
      isWide
      about="The last 10,000 actions of the last 90 days, latest first."
      tools={
        <button type="button" onClick={state.reload}>
          Reload
        </button>
      }
    >
      <Answered state={state}>
        {({ auditLog }) => (
          <>
            <DataTable
              caption="Actions of operators"
              rows={auditLog.nodes}
              keyOf={({ at, requestId, action }) => `${at} ${requestId} ${action}`}
              empty="No operator has done anything yet that is recorded."
              columns={[
                { title: 'Time', isHead: true, cell: ({ at }) => formatTime(at) },
                { title: 'Action', cell: ({ action }) => action },
                { title: 'Target', cell: ({ target }) => target ?? '–' },
                {
                  title: 'Outcome',
                  cell: ({ outcome }) => <Tag tone={TONES[outcome] ?? 'bad'}>{outcome}</Tag>,
                },
                { title: 'Role', cell: ({ role }) => role },
                {
                  title: 'Identified by',
                  cell: ({ by, name, issuer }) => [by, name, issuer].filter(Boolean).join(' · '),
                },
                { title: 'Address', cell: ({ address }) => address },
                { title: 'Request', cell: ({ requestId }) => <code>{requestId}</code> },
              ]}
            />
            <Pager pages={pages} of="the audit log" {...auditLog} />
          </>
        )}
      </Answered>
    </Panel>
  );
}
