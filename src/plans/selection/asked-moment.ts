import { getDirectiveValues } from 'graphql';
import { parseDateTime } from '../../model/values/date-time.ts';
import { textToVersion, type Version, versionAt, versionToMs } from '../../shards/version.ts';
import { badUserInput } from '../bad-user-input.ts';
import type { RunningOperation } from '../bound-operation.ts';
import { asOfNode } from './as-of-directive.ts';

/**
 * How far clocks of Workers and shards may be apart, in milliseconds: a moment that is nearer may not have come for a shard, which
 * could still write something before it.
 */
const CLOCK_UNCERTAINTY_MS = 500;

/**
 * The version as of which a query is to be answered; null: as rows are.
 *
 * @throws ShardQLError BAD_USER_INPUT for both arguments or none, and for a moment that has not passed for certain.
 */
export function askedMoment({ schema, operation, variableValues }: RunningOperation, nowMs: number): Version | null {
  if (asOfNode(operation) === undefined) return null;
  const directive = schema.getDirective('asOf')!;
  const { time = null, version = null } = getDirectiveValues(directive, operation, variableValues) as {
    readonly time?: string | null;
    readonly version?: string | null;
  };
  if ((time === null) === (version === null)) {
    throw badUserInput(`Expected @asOf with time or version, but got ${time === null ? 'neither' : 'both'}.`);
  }
  const moment = time === null ? momentOfVersion(version!) : momentOfTime(time);
  requirePast(moment, '@asOf', nowMs);
  return moment;
}

/**
 * The greatest version of the millisecond.
 *
 * @throws ShardQLError BAD_USER_INPUT for a time of which there are no versions.
 */
export function momentOfTime(time: string): Version {
  const moment = versionAt(Date.parse(parseDateTime(time)) + 1) - 1;
  if (moment >= 0) return moment;
  throw badUserInput(`Expected a time from ${new Date(versionToMs(0)).toISOString()} on, but got ${time}.`);
}

/** @throws ShardQLError BAD_USER_INPUT */
export function momentOfVersion(text: string): Version {
  const version = textToVersion(text);
  if (version === null) throw badUserInput('Expected version to be the version of a row, but got another text.');
  return version;
}

/**
 * @param what asks for it.
 * @throws ShardQLError BAD_USER_INPUT for a moment that has not passed for certain on all clocks.
 */
export function requirePast(moment: Version, what: string, nowMs: number): void {
  const momentMs = versionToMs(moment);
  if (momentMs <= nowMs - CLOCK_UNCERTAINTY_MS) return;
  const latest = new Date(nowMs - CLOCK_UNCERTAINTY_MS).toISOString();
  throw badUserInput(
    `Expected ${what} to be at least ${CLOCK_UNCERTAINTY_MS} ms ago (now: up to ${latest}), but got ${new Date(momentMs).toISOString()}.`,
  );
}
