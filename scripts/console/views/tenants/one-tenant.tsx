import { linkTo } from '../../app/route.ts';
import type { Call } from '../../calls/call.ts';
import type { Table } from '../../operations/tables.ts';
import type { ShardKeyInfo } from '../../operations/tenants.ts';
import { Facts } from '../../parts/facts.tsx';
import { formatBytes, formatShare, formatTime } from '../../parts/format.ts';
import { Panel } from '../../parts/panel.tsx';
import { ChangeTable } from '../changes/change-table.tsx';
import { LoadOfKey } from './load-of-key.tsx';

interface Props {
  readonly info: ShardKeyInfo;
  readonly call: Call | null;
  readonly tables: readonly Table[];
}

export function OneTenant({ info, call, tables }: Props) {
  const { shardKey, shard } = info;
  return (
    <>
      <Panel title="Where and how large" call={call}>
        {info.code !== null && (
          <p class="failure" role="alert">
            <code>{info.code}</code> {info.message}
          </p>
        )}
        <Facts
          entries={[
            ['Shard', <a href={linkTo('shards', shard)}>{shard}</a>],
            ['Slot', info.isPlaced ? 'its own: it was placed' : String(info.slot)],
            ['Place', [info.jurisdiction, info.location].filter(Boolean).join(' ') || 'that of the deployment'],
            ['Has rows', yesOrNo(info.hasRows)],
            ['Bytes', info.bytes === null ? 'few: not among the large ones' : formatBytes(info.bytes)],
            ['Share of its shard', formatShare(info.share)],
            ['Growth per day', formatBytes(info.growthPerDay)],
            ['Last change', formatTime(info.changes?.nodes[0]?.at)],
            ['Caches were told', info.isUnpublished === null ? '–' : yesOrNo(!info.isUnpublished)],
            ['May be cached until', formatTime(info.cachedUntil)],
          ]}
        />
      </Panel>
      <LoadOfKey shardKey={shardKey} type={info.type} />
      <Panel title="Rows">
        <ul>
          {tables.map(({ type }) => (
            <li key={type}>
              <a href={linkTo('data', type, shardKey)}>{type}</a>
            </li>
          ))}
        </ul>
        <p>
          <a href={linkTo('recovery', '', shardKey)}>Restore its rows…</a>
        </p>
      </Panel>
      <Panel title="Latest changes" call={call} isWide>
        <ChangeTable changes={info.changes?.nodes ?? []} />
      </Panel>
    </>
  );
}

const yesOrNo = (value: boolean | null): string => (value === null ? '–' : value ? 'yes' : 'no');
