import { deepStrictEqual } from 'node:assert/strict';
import type { BenchServer } from '../servers/start-server.ts';

/** One thing to measure: requests to one server. */
export interface Cell {
  readonly name: string;
  readonly title: string;
  readonly server: BenchServer;
  /** Default: those of the run. */
  readonly connections?: number | undefined;
  /** Complete HTTP requests, sent in turn. */
  readonly requests: readonly Buffer[];
  /** Of requests to the API that may be traced: their bodies. */
  readonly bodies?: readonly string[] | undefined;
  /** See `Workload`. */
  readonly mayBeRefused?: boolean | undefined;
  readonly isUnread?: boolean | undefined;
}

/** How many answers of a cell are compared with what they should be, before anything is timed. */
export const CHECKED_ANSWERS = 25;

/** Throws, with the difference, unless the answer is this JSON, whatever `extensions` tell beside it, and the status 200. */
export async function checkAnswer(
  port: number,
  path: string,
  body: string,
  expected: unknown,
  token?: string,
): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    body,
  });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`Expected 200 of ${path}, but got ${response.status}: ${text}`);
  deepStrictEqual(
    withoutExtensions(JSON.parse(text)),
    expected,
    `${path} ${body.slice(0, 300)} gave ${text.slice(0, 500)}`,
  );
}

/** What an answer tells of itself differs from one to the next. */
function withoutExtensions(answer: unknown): unknown {
  if (typeof answer !== 'object' || answer === null) return answer;
  const { extensions: _, ...rest } = answer as Record<string, unknown>;
  return rest;
}
