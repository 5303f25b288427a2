import { describe, expect, it } from 'vitest';
import { readTraceSettings, type TraceEnv } from '../../../src/http/tracing/trace-settings.ts';

const URL = 'https://collector.example.com/v1/traces';
const read = (env: TraceEnv) => readTraceSettings({ SHARDQL_OTLP_URL: URL, ...env });
const failureOf = (env: TraceEnv): string => {
  try {
    read(env);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('It was accepted.');
};

describe('settings of traces', () => {
  it('without a collector are none', () => {
    expect(readTraceSettings({})).toBeNull();
    expect(readTraceSettings({ SHARDQL_OTLP_URL: '', SHARDQL_TRACE_RATIO: '0.5' })).toBeNull();
  });

  it('have defaults', () => {
    expect(read({})).toEqual({ url: URL, headers: {}, ratio: 0, serviceName: 'shardql' });
  });

  it('are read', () => {
    const headers = 'Authorization=Bearer%20a%2Cb , x-team=data,';
    expect(read({ SHARDQL_TRACE_RATIO: '0.25', SHARDQL_OTLP_HEADERS: headers, SHARDQL_SERVICE_NAME: 'api' })).toEqual({
      url: URL,
      headers: { authorization: 'Bearer a,b', 'x-team': 'data' },
      ratio: 0.25,
      serviceName: 'api',
    });
    // As a TOML file may have it.
    expect(read({ SHARDQL_TRACE_RATIO: 1 as never })?.ratio).toBe(1);
  });

  it.each(['-0.1', '1.1', 'half', 'NaN'])('refuse the ratio %s', (ratio) => {
    expect(failureOf({ SHARDQL_TRACE_RATIO: ratio })).toContain(
      `Expected SHARDQL_TRACE_RATIO to be a number from 0 to 1, but got "${ratio}"`,
    );
  });

  it.each(['collector', 'ftp://collector/v1', 'https://user:password@collector/v1'])('refuse the URL %s', (url) => {
    const message = failureOf({ SHARDQL_OTLP_URL: url });
    expect(message).toContain('Expected SHARDQL_OTLP_URL to be an http(s) URL');
    expect(message).not.toContain('password@');
  });

  it.each(['secret', 'name=%zz-secret', 'na me=secret', 'x=a%0Asecret'])(
    'refuse the headers %s unquoted',
    (headers) => {
      const message = failureOf({ SHARDQL_OTLP_HEADERS: headers });
      expect(message).toContain('Expected SHARDQL_OTLP_HEADERS to be name=value');
      expect(message).not.toContain('secret');
    },
  );
});
