import { describe, expect, it } from 'vitest';
import { readTraceContext } from '../../../src/lib/tracing/trace-context.ts';
import { MAX_SPANS, Tracer } from '../../../src/lib/tracing/tracer.ts';

function traced(traceparent: string | null = null, tracestate: string | null = null) {
  let nowMs = 1_000;
  const tracer = new Tracer({
    now: () => nowMs,
    name: 'request',
    kind: 'SERVER',
    context: readTraceContext(traceparent, tracestate),
    isSampled: true,
  });
  const pass = (ms: number) => {
    nowMs += ms;
  };
  return { tracer, pass };
}

describe('a tracer', () => {
  it('begins a trace with ids of its own', () => {
    const { tracer } = traced();
    expect(tracer.traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(tracer.root.id).toMatch(/^[0-9a-f]{16}$/);
    expect(tracer.remoteParentId).toBeNull();
    expect(tracer.headers()).toEqual({ traceparent: `00-${tracer.traceId}-${tracer.root.id}-01` });
    expect(traced().tracer.traceId).not.toBe(tracer.traceId);
  });

  it('continues the trace of its caller, and passes its state on', () => {
    const { tracer } = traced('00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00', 'rojo=1');
    const call = tracer.root.child('call', 'CLIENT');
    expect(tracer.remoteParentId).toBe('00f067aa0ba902b7');
    expect(tracer.headers(call)).toEqual({
      traceparent: `00-4bf92f3577b34da6a3ce929d0e0e4736-${call.id}-01`,
      tracestate: 'rojo=1',
    });
  });

  it('keeps no spans where it only passes the trace on', () => {
    const { tracer } = traced('00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00');
    tracer.keepsSpans = false;
    const call = tracer.root.child('call', 'CLIENT');
    expect(tracer.headers(call).traceparent).toContain('4bf92f3577b34da6a3ce929d0e0e4736');
    expect(tracer.spans).toEqual([tracer.root]);
  });

  it('times its spans, and ends each once', () => {
    const { tracer, pass } = traced();
    const span = tracer.root.child('step');
    pass(5);
    span.end('it failed');
    pass(5);
    span.end();
    expect([span.durationMs, span.error, span.parent]).toEqual([5, 'it failed', tracer.root]);
    expect(tracer.root.durationMs).toBe(10);
  });

  it('counts overlapping spans of a name once', () => {
    const { tracer, pass } = traced();
    const first = tracer.root.child('call');
    pass(4);
    const second = tracer.root.child('call');
    pass(4);
    first.end();
    pass(4);
    second.end();
    pass(100);
    tracer.root.child('call').end();
    expect(tracer.durationOf('call')).toBe(12);
    expect(tracer.durationOf('other')).toBeNull();
  });

  it('keeps so many spans and counts the rest', () => {
    const { tracer } = traced();
    for (let at = 0; at < MAX_SPANS + 9; at++) tracer.root.child('step').end();
    expect(tracer.spans).toHaveLength(MAX_SPANS);
    expect(tracer.droppedSpans).toBe(10);
  });
});
