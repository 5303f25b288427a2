import { misconfigured } from '../core/misconfigured.ts';

/** Where traces are sent, and which. */
export interface TraceSettings {
  /** Takes OTLP as JSON by POST. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Share of the requests that are traced though their sender says nothing of it, 0 to 1. */
  readonly ratio: number;
  readonly serviceName: string;
}

export interface TraceEnv {
  /**
   * Full URL of a collector's traces, such as `https://collector.example.com/v1/traces`: as `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`
   * elsewhere. Optional: without it nothing is traced.
   */
  readonly SHARDQL_OTLP_URL?: string;
  /** Secret: headers of the requests to it, as `OTEL_EXPORTER_OTLP_HEADERS` has them: `name=value,name=value`, values URI-encoded. */
  readonly SHARDQL_OTLP_HEADERS?: string;
  /** Share of the requests without a `traceparent` of their own that are traced, 0 to 1. Default 0. */
  readonly SHARDQL_TRACE_RATIO?: string;
  /** `service.name` of the traces. Default `shardql`. */
  readonly SHARDQL_SERVICE_NAME?: string;
}

/**
 * Null: nothing is traced.
 *
 * @throws ShardQLError that names the variable.
 */
export function readTraceSettings(env: TraceEnv): TraceSettings | null {
  const { SHARDQL_OTLP_URL: url, SHARDQL_SERVICE_NAME: serviceName } = env;
  const ratio = parseRatio(env.SHARDQL_TRACE_RATIO);
  const headers = parseHeaders(env.SHARDQL_OTLP_HEADERS ?? '');
  if (url === undefined || url === '') return null;
  requireUrl(url);
  return { url, headers, ratio, serviceName: serviceName || 'shardql' };
}

function requireUrl(text: string): void {
  const url = URL.parse(text);
  if ((url?.protocol === 'https:' || url?.protocol === 'http:') && url.username === '' && url.password === '') return;
  throw misconfigured(
    'Expected SHARDQL_OTLP_URL to be an http(s) URL without a password, such as https://collector.example.com/v1/traces, but got another text. Put credentials into SHARDQL_OTLP_HEADERS.',
  );
}

// A TOML file may give numbers unquoted.
function parseRatio(value: unknown): number {
  if (value === undefined || value === '') return 0;
  const ratio = Number(value);
  if (ratio >= 0 && ratio <= 1) return ratio;
  throw misconfigured(`Expected SHARDQL_TRACE_RATIO to be a number from 0 to 1, but got "${value}".`);
}

/** What is wrong is not quoted: it is a secret. */
function parseHeaders(text: string): Record<string, string> {
  const headers = new Headers();
  for (const part of text.split(',')) {
    if (part.trim() === '') continue;
    const at = part.indexOf('=');
    try {
      if (at === -1) throw new TypeError('no value');
      headers.append(part.slice(0, at).trim(), decodeURIComponent(part.slice(at + 1).trim()));
    } catch {
      throw misconfigured(
        'Expected SHARDQL_OTLP_HEADERS to be name=value,name=value with URI-encoded values, but got another text. Write a header "Authorization: Bearer x" as Authorization=Bearer%20x.',
      );
    }
  }
  return Object.fromEntries(headers);
}
