import type { Fleet } from '../../shards/client/fleet.ts';
import { lookOf } from './look.ts';

/** `GET /status`: what shards have reported; with `?live=1` each is asked, with `?count=1` it counts its rows too. */
export async function showStatus(url: URL, fleet: Fleet): Promise<Response> {
  return Response.json({ shards: await fleet.views(lookOf(url)) });
}
