import { useState } from 'preact/hooks';
import { operatorCall } from '../../calls/call.ts';
import { useCall } from '../../calls/use-call.ts';
import {
  BOOKMARK_RESTORES,
  type BookmarkRestoresAnswer,
  RESTORE_BOOKMARK,
  type RestoreBookmarkAnswer,
} from '../../operations/recovery.ts';
import { ConfirmedAction } from '../../parts/action.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { TextField } from '../../parts/field.tsx';
import { counted, formatMs, formatTime } from '../../parts/format.ts';
import { Answered, Panel } from '../../parts/panel.tsx';
import { Tag } from '../../parts/tag.tsx';
import { MomentField, momentOf } from './moment-field.tsx';

const EVERY_MS = 10_000;

/** The last resort: a whole shard, by the platform's own bookmarks. */
export function BookmarkPanel() {
  const [shard, setShard] = useState('');
  const [moment, setMoment] = useState('');
  const state = useCall<BookmarkRestoresAnswer>(operatorCall(BOOKMARK_RESTORES), { everyMs: EVERY_MS });
  return (
    <Panel
      title="Bookmarks of the platform"
      call={state.call}
      isWide
      about="Takes a whole shard back, with its change log, in maintenance (SHARDQL_MAINTENANCE) alone: for when nothing else is left."
    >
      <div class="fields">
        <TextField label="Shard" value={shard} onText={setShard} />
        <MomentField value={moment} onText={setMoment} />
        <ConfirmedAction<RestoreBookmarkAnswer>
          label="Preview…"
          title="Take a shard back to a bookmark"
          isDisabled={shard.trim() === '' || momentOf(moment) === null}
          call={operatorCall(RESTORE_BOOKMARK, { shard: shard.trim(), time: momentOf(moment), undoBookmark: null })}
          preview={({ restoreBookmark: { preview } }) => preview && <Preview preview={preview} />}
          tokenOf={({ restoreBookmark }) => restoreBookmark.confirmation?.token}
          verb="Take back"
          told={() => 'The shard is being taken back.'}
          onDone={state.reload}
        />
      </div>
      <Answered state={state}>
        {({ bookmarkRestores }) => (
          <DataTable
            caption="Shards that were taken back to bookmarks"
            rows={bookmarkRestores}
            keyOf={({ id }) => id}
            empty="None in the last 30 days."
            columns={[
              { title: 'Began', isHead: true, cell: ({ beganAt }) => formatTime(beganAt) },
              { title: 'Shard', cell: (each) => each.shard },
              { title: 'As of', cell: ({ time }) => formatTime(time) },
              { title: 'State', cell: (each) => <Tag>{each.state.toLowerCase()}</Tag> },
              { title: 'Reason', cell: ({ reason }) => reason ?? '–' },
              { title: 'Caches are right from', cell: ({ safeAt }) => formatTime(safeAt) },
            ]}
          />
        )}
      </Answered>
    </Panel>
  );
}

function Preview({ preview }: { readonly preview: NonNullable<RestoreBookmarkAnswer['restoreBookmark']['preview']> }) {
  const { changeCount, migrations, cacheSeconds, shard, time } = preview;
  return (
    <p>
      {shard} goes back to {formatTime(time)}:{' '}
      {changeCount === null ? 'how many changes are lost is not known' : `${counted(changeCount, 'change')} are lost`}.{' '}
      {migrations.length > 0 && `Applied again: ${migrations.join(', ')}. `}
      Keep up the maintenance for {formatMs(cacheSeconds * 1_000)} afterwards.
    </p>
  );
}
