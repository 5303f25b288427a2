import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatTraceparent, readTraceContext } from '../../../src/lib/tracing/trace-context.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';
const VALID = `00-${TRACE}-${PARENT}-01`;

const stateOf = (tracestate: string) => readTraceContext(VALID, tracestate)?.state;

describe('traceparent', () => {
  it('is read', () => {
    expect(readTraceContext(VALID, null)).toEqual({ traceId: TRACE, parentId: PARENT, isSampled: true, state: null });
    expect(readTraceContext(`00-${TRACE}-${PARENT}-00`, null)?.isSampled).toBe(false);
  });

  it('of flags that are not known is read by the one that is', () => {
    expect(readTraceContext(`00-${TRACE}-${PARENT}-fe`, null)?.isSampled).toBe(false);
    expect(readTraceContext(`00-${TRACE}-${PARENT}-09`, null)?.isSampled).toBe(true);
  });

  it('of a later version is read as far as this one goes', () => {
    expect(readTraceContext(`cc-${TRACE}-${PARENT}-01`, null)?.traceId).toBe(TRACE);
    expect(readTraceContext(`cc-${TRACE}-${PARENT}-01-what-the-future-brings`, null)?.parentId).toBe(PARENT);
  });

  it.each([
    ['absent', null],
    ['empty', ''],
    ['of no version', `ff-${TRACE}-${PARENT}-01`],
    ['with a version of one digit', `0-${TRACE}-${PARENT}-01`],
    ['with a version that is not hexadecimal', `.0-${TRACE}-${PARENT}-01`],
    ['of a trace id of zeros', `00-${'0'.repeat(32)}-${PARENT}-01`],
    ['of a parent id of zeros', `00-${TRACE}-${'0'.repeat(16)}-01`],
    ['of a short trace id', `00-${TRACE.slice(1)}-${PARENT}-01`],
    ['of a long trace id', `00-${TRACE}a-${PARENT}-01`],
    ['of a short parent id', `00-${TRACE}-${PARENT.slice(1)}-01`],
    ['in upper case', VALID.toUpperCase()],
    ['with one upper-case digit', `00-${TRACE.replace('b', 'B')}-${PARENT}-01`],
    ['of flags that are not hexadecimal', `00-${TRACE}-${PARENT}-0x`],
    ['of one digit of flags', `00-${TRACE}-${PARENT}-1`],
    ['without flags', `00-${TRACE}-${PARENT}`],
    ['of version 00 with more behind', `${VALID}-more`],
    ['of version 00 with a dash behind', `${VALID}-`],
    ['of a later version with more behind that no dash separates', `cc-${TRACE}-${PARENT}-01.more`],
    ['given twice', `${VALID}, ${VALID}`],
    ['of a later version given twice', `cc-${TRACE}-${PARENT}-01, ${VALID}`],
    ['with underscores', VALID.replaceAll('-', '_')],
  ])('%s continues no trace', (_, traceparent) => {
    expect(readTraceContext(traceparent, 'vendor=1')).toBeNull();
  });

  it('that was written is read as the same', () => {
    const hex = (length: number) =>
      fc
        .string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length })
        .filter((text) => /[^0]/.test(text));
    fc.assert(
      fc.property(hex(32), hex(16), fc.boolean(), (traceId, parentId, isSampled) => {
        const read = readTraceContext(formatTraceparent(traceId, parentId, isSampled), null);
        expect(read).toEqual({ traceId, parentId, isSampled, state: null });
      }),
    );
  });
});

describe('tracestate', () => {
  const members = (count: number) => Array.from({ length: count }, (_, at) => `v${at}=${at}`).join(',');

  it.each([
    ['one member', 'rojo=00f067aa0ba902b7'],
    ['several members, spaces and tabs between them', 'rojo=00f067aa0ba902b7 , \tcongo=t61rcWkgMzE'],
    ['keys of tenants', 'fw529a3039@dt=FfgAAAA,0tenant@sys=1'],
    ['all characters that keys have', 'a_b-c*d/e9=1'],
    ['values with spaces within', 'a=one two'],
    ['empty members', 'a=1,,b=2,'],
    ['as many members as there may be', members(32)],
    ['keys and values as long as they may be', `${'k'.repeat(256)}=${'v'.repeat(256)}`],
  ])('of %s is passed on as it came', (_, tracestate) => {
    expect(stateOf(tracestate)).toBe(tracestate);
  });

  it('is cut to whole members where it is long', () => {
    const long = ['a', 'b', 'c', 'd'].map((key) => `${key}=${key.repeat(256)}`);
    expect(stateOf(long.join(','))).toBe(long.slice(0, 3).join(','));
    expect(stateOf([...long, 'e=1'].join(','))).toBe([...long.slice(0, 3), 'e=1'].join(','));
  });

  it.each([
    ['empty', ''],
    ['of too many members', members(33)],
    ['of a key that is there twice', 'a=1,b=2,a=3'],
    ['of a key in upper case', 'Rojo=1'],
    ['of a key that begins with a digit', '0rojo=1'],
    ['of a key that is too long', `${'k'.repeat(257)}=1`],
    ['of a tenant that is too long', `${'t'.repeat(242)}@sys=1`],
    ['of a system that is too long', `t@${'s'.repeat(15)}=1`],
    ['of no key', '=1'],
    ['of no value', 'a='],
    ['of no equals sign', 'a'],
    ['of a value with an equals sign', 'a=b=c'],
    ['of a value that is too long', `a=${'v'.repeat(257)}`],
    ['of a value that is not ASCII', 'a=é'],
  ])('%s is dropped, and the trace continued', (_, tracestate) => {
    expect(stateOf(tracestate)).toBeNull();
  });
});
