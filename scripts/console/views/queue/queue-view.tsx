import { operatorCall } from '../../calls/call.ts';
import { useCall } from '../../calls/use-call.ts';
import {
  DEAD_LETTERS,
  type DeadLettersAnswer,
  DISCARD_DEAD_LETTERS,
  type DiscardAnswer,
  REPLAY_DEAD_LETTERS,
  type ReplayAnswer,
} from '../../operations/queue.ts';
import { ConfirmedAction } from '../../parts/action.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { counted, formatTime } from '../../parts/format.ts';
import { Pager } from '../../parts/pager.tsx';
import { Answered, Panel } from '../../parts/panel.tsx';
import { usePages } from '../../parts/use-pages.ts';
import { Value } from '../../parts/value.tsx';

const FIRST = 50;
const LONG = 300;

export function QueueView() {
  const pages = usePages('dead letters');
  const state = useCall<DeadLettersAnswer>(operatorCall(DEAD_LETTERS, { first: FIRST, after: pages.after }));
  const isEmpty = state.data?.deadLetters.nodes.length === 0;
  return (
    <Panel
      title="Messages that could not be consumed"
      call={state.call}
      isWide
      about="Invalidations that failed too often. Caches hold what they were about no longer than any entry lives."
      tools={<Replay ids={null} label="Replay all…" isDisabled={isEmpty} onDone={state.reload} />}
    >
      <Answered state={state}>
        {({ deadLetters }) => (
          <>
            <DataTable
              caption="Dead letters"
              rows={deadLetters.nodes}
              keyOf={({ id }) => id}
              empty="There are none."
              columns={[
                { title: 'Sent', isHead: true, cell: ({ sentAt }) => formatTime(sentAt) },
                { title: 'Reason', cell: ({ reason }) => reason },
                { title: 'Message', cell: ({ body }) => <Value value={body} limit={LONG} /> },
                {
                  title: 'Action',
                  cell: ({ id }) => (
                    <div class="row-buttons">
                      <Replay ids={[id]} label="Replay…" onDone={state.reload} />
                      <Discard id={id} onDone={state.reload} />
                    </div>
                  ),
                },
              ]}
            />
            <Pager pages={pages} of="dead letters" {...deadLetters} />
          </>
        )}
      </Answered>
    </Panel>
  );
}

interface ReplayProps {
  /** Null: all. */
  readonly ids: readonly string[] | null;
  readonly label: string;
  readonly isDisabled?: boolean;
  readonly onDone: () => void;
}

const Replay = ({ ids, label, isDisabled, onDone }: ReplayProps) => (
  <ConfirmedAction<ReplayAnswer>
    label={label}
    title="Replay dead letters"
    isDisabled={isDisabled}
    call={operatorCall(REPLAY_DEAD_LETTERS, { ids })}
    preview={({ replayDeadLetters: { count } }) => (
      <p>{counted(count, 'message')} would be tried again. Those that fail once more are kept.</p>
    )}
    tokenOf={({ replayDeadLetters }) => replayDeadLetters.confirmation?.token}
    verb="Replay"
    told={({ replayDeadLetters: { replayedCount, keptCount } }) =>
      `Replayed ${counted(replayedCount ?? 0, 'message')}; ${keptCount ?? 0} failed again and are kept.`
    }
    onDone={onDone}
  />
);

const Discard = ({ id, onDone }: { readonly id: string; readonly onDone: () => void }) => (
  <ConfirmedAction<DiscardAnswer>
    label="Discard…"
    title="Discard a dead letter"
    call={operatorCall(DISCARD_DEAD_LETTERS, { ids: [id] })}
    preview={({ discardDeadLetters: { deadLetters } }) => (
      <p>
        {counted(deadLetters.length, 'message')} would be deleted. Nothing is lost: shards publish by themselves what
        they have not published.
      </p>
    )}
    tokenOf={({ discardDeadLetters }) => discardDeadLetters.confirmation?.token}
    verb="Discard"
    told={() => 'Discarded the message.'}
    onDone={onDone}
  />
);
