import { describe, expect, it } from 'vitest';
import type { EventOf } from '../../../src/events/event.ts';
import { openTracer } from '../../../src/http/tracing/open-tracer.ts';
// Loaded when it is first needed, which takes real time.
import '../../../src/http/tracing/send-traces.ts';
import { MAX_WAITING_SPANS, TraceExporter } from '../../../src/http/tracing/trace-exporter.ts';
import type { Timers } from '../../../src/lib/timers.ts';
import type { Tracer } from '../../../src/lib/tracing/tracer.ts';

type Lost = EventOf<'traces-not-exported'>;
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';

/** Time that passes when it is told to; an exporter whose collector answers as it is told to. */
function exporting({ ratio = 0 }: { readonly ratio?: number } = {}) {
  let nowMs = 1_000_000;
  let due: { readonly atMs: number; readonly callback: () => void }[] = [];
  const timers: Timers = {
    now: () => nowMs,
    setTimer(callback, delayMs) {
      const timer = { atMs: nowMs + delayMs, callback };
      due.push(timer);
      return () => {
        due = due.filter((each) => each !== timer);
      };
    },
  };
  const events: Lost[] = [];
  const bodies: string[] = [];
  const answers: (() => Response)[] = [];
  const work: Promise<unknown>[] = [];
  const traces = new TraceExporter({
    settings: { url: 'https://collector/v1/traces', headers: {}, ratio, serviceName: 'api' },
    isolate: 'one',
    report: (event) => void events.push(event as Lost),
    timers,
    fetch: (async (_url: string, { body }: { body: string }) => {
      bodies.push(body);
      return (answers.shift() ?? (() => Response.json({})))();
    }) as never,
  });
  const open = (headers: Record<string, string> = { traceparent: `00-${TRACE}-00f067aa0ba902b7-01` }) => {
    const request = new Request('http://api/graphql', { headers });
    const asked = { request, method: 'GET', path: '/graphql', requestId: 'r' };
    return openTracer(asked, { traces, isDevelopment: false, random: () => 0.5 });
  };
  const finish = (tracer: Tracer | undefined) => {
    tracer!.root.end();
    traces.add(tracer!, (promise) => void work.push(promise));
  };
  /** The platform ends invocations: what they wait for never comes. */
  const abandon = () => {
    due = [];
  };
  const pass = async (ms: number) => {
    for (const end = nowMs + ms; nowMs < end; ) {
      nowMs += 500;
      for (const timer of due.filter(({ atMs }) => atMs <= nowMs)) {
        due = due.filter((each) => each !== timer);
        timer.callback();
      }
      // What waited goes on, as far as it can.
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  };
  return { traces, open, finish, pass, abandon, events, bodies, answers, work };
}

const failing = (status: number, headers = {}) => new Response('no', { status, headers });

describe('whether a request is traced', () => {
  it('is decided by its sender', () => {
    const { open } = exporting({ ratio: 1 });
    expect(open()?.isSampled).toBe(true);
    // Its id is still passed on.
    const unsampled = open({ traceparent: `00-${TRACE}-00f067aa0ba902b7-00` });
    expect([unsampled?.isSampled, unsampled?.sharedTraceId]).toEqual([false, TRACE]);
  });

  it('is decided by chance where nothing is said, or nothing that is well-formed', () => {
    for (const headers of [{}, { traceparent: 'nonsense' }] as Record<string, string>[]) {
      expect(exporting({ ratio: 0.4 }).open(headers)).toBeUndefined();
      expect(exporting({ ratio: 0.6 }).open(headers)?.isSampled).toBe(true);
      expect(exporting().open(headers)).toBeUndefined();
    }
  });
});

describe('the exporter', () => {
  it('sends requests of two seconds together, with what ended after their answers', async () => {
    const { open, finish, pass, bodies, work } = exporting();
    const [first, second] = [open()!, open()!];
    finish(first);
    first.root.child('late').end();
    first.root.child('never ended');
    await pass(1_000);
    finish(second);
    expect(bodies).toEqual([]);
    await pass(1_500);
    expect(bodies).toHaveLength(1);
    const names = bodies[0]!.match(/"name":"[^"]+"/g);
    expect(names).toEqual(['"name":"shardql"', '"name":"GET"', '"name":"late"', '"name":"GET"']);
    expect(work).toHaveLength(1);
    finish(open());
    await pass(2_500);
    expect(bodies).toHaveLength(2);
  });

  it('sends again once where the collector asks for it', async () => {
    const { open, finish, pass, bodies, answers, events } = exporting();
    answers.push(() => failing(503, { 'retry-after': '3' }));
    finish(open());
    await pass(4_000);
    expect(bodies).toHaveLength(1);
    await pass(2_000);
    expect(bodies).toHaveLength(2);
    expect(events).toEqual([]);
  });

  it('traces nothing for a while after a failure, longer after the next, and says so once a minute', async () => {
    const { traces, open, finish, pass, answers, events, bodies } = exporting();
    answers.push(...Array.from({ length: 3 }, () => () => failing(401)));
    finish(open());
    await pass(2_500);
    expect(events).toMatchObject([{ type: 'traces-not-exported', spans: 1 }]);
    expect(traces.isTaking).toBe(false);
    expect(open()?.isSampled).toBe(false);
    await pass(5_000);
    finish(open());
    await pass(2_500);
    await pass(5_000);
    expect(traces.isTaking).toBe(false);
    await pass(5_000);
    expect(traces.isTaking).toBe(true);
    expect(events).toHaveLength(1);
    await pass(60_000);
    finish(open());
    await pass(2_500);
    expect(events).toMatchObject([{ spans: 1 }, { spans: 2 }]);
    await pass(60_000);
    finish(open());
    await pass(2_500);
    expect(bodies).toHaveLength(4);
    expect(traces.isTaking).toBe(true);
  });

  it('counts a collector that cannot be reached as a failure', async () => {
    const { open, finish, pass, answers, events, work } = exporting();
    answers.push(() => {
      throw new TypeError('no route');
    });
    finish(open());
    await pass(2_500);
    expect(String(events[0]!.error)).toContain('no route');
    await Promise.all(work);
  });

  it('reports spans that the collector rejects', async () => {
    const { open, finish, pass, answers, events } = exporting();
    answers.push(() => Response.json({ partialSuccess: { rejectedSpans: '1', errorMessage: 'too old' } }));
    finish(open());
    await pass(2_500);
    expect(events).toMatchObject([{ spans: 1, error: 'The collector rejected spans: too old' }]);
  });

  it('holds so many spans, and traces nothing beyond', async () => {
    const { traces, open, finish, pass, bodies } = exporting();
    for (let at = 0; at < MAX_WAITING_SPANS; at++) finish(open());
    expect(traces.isTaking).toBe(false);
    await pass(2_500);
    expect(traces.isTaking).toBe(true);
    expect(bodies).toHaveLength(1);
  });

  it('takes over from an invocation that ended without sending', async () => {
    const { open, finish, pass, abandon, bodies } = exporting();
    finish(open());
    abandon();
    await pass(10_000);
    finish(open());
    await pass(10_000);
    expect(bodies).toEqual([]);
    await pass(15_000);
    finish(open());
    await pass(2_500);
    expect(bodies).toHaveLength(1);
    expect(bodies[0]!.match(/"name":"GET"/g)).toHaveLength(3);
  });
});
