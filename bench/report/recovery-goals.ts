import { median } from '../measure/median.ts';
import type { BackupSpeed } from '../recovery/backup-speed.ts';
import type { LogOverhead } from '../recovery/log-overhead.ts';
import type { PastRead } from '../recovery/past-reads.ts';
import { medianOf, type RestoreSpeed } from '../recovery/restore-speed.ts';
import type { TrimCost } from '../recovery/trim-cost.ts';

const MOST_RESTORE_MS = 2_000;
const MOST_STEP_MS = 10;
const MOST_MICROS_PER_CHANGE = 10;
/** What a change takes at the largest number of them, as a multiple of what it takes at the smallest. */
const MOST_TIMES_LINEAR = 1.5;
const MOST_TIMES_UNLOGGED = 1.4;
const MOST_SHARE_OF_WRITE = 0.02;
const LEAST_MB_PER_SECOND = 50;

export function describeRestore(speed: RestoreSpeed): string[] {
  const of = (figure: Parameters<typeof medianOf>[1]) => medianOf(speed, figure);
  const { oneCommit } = speed;
  const wallMs = of((round) => round.wallMs);
  const stepMs = of(({ others }) => others.longestCpuMs);
  return [
    `goal restore: ${count(of(({ changes }) => changes))} changes within ${MOST_RESTORE_MS} ms: ${ms(wallMs)}, in which the server took ${ms(of(({ cpuMs }) => cpuMs))} of CPU, ${verdict(wallMs <= MOST_RESTORE_MS)}`,
    `goal restore, longest step: at most ${MOST_STEP_MS} ms: while a read of another tenant waited, ${ms(stepMs)} of CPU (before, ${ms(of(({ othersBefore }) => othersBefore.longestCpuMs))}), ${verdict(stepMs <= MOST_STEP_MS)}`,
    `restore, longest read of another tenant: ${ms(of(({ others }) => others.longestMs))} (before, ${ms(of(({ othersBefore }) => othersBefore.longestMs))}); p99 over 16 connections: ${ms(of(({ p99Ms }) => p99Ms))} (before, ${ms(of(({ p99BeforeMs }) => p99BeforeMs))})`,
    `restore of one commit of ${count(oneCommit.changes)} changes: ${ms(oneCommit.wallMs)}, longest step ${ms(oneCommit.others.longestCpuMs)} of CPU`,
  ];
}

export function describePastReads(reads: readonly PastRead[]): string[] {
  return [...Map.groupBy(reads, ({ title }) => title)].flatMap(([title, ofTable]) => {
    const [few, many] = [ofTable[0]!, ofTable.at(-1)!];
    const figures = ofTable.map(
      ({ changes, microsPerChange, wallMs }) => `${microsPerChange.toFixed(1)} µs at ${count(changes)} (${ms(wallMs)})`,
    );
    const most = Math.max(...ofTable.map(({ microsPerChange }) => microsPerChange));
    const growth = many.microsPerChange / few.microsPerChange;
    return [
      `goal @asOf, ${title}: at most ${MOST_MICROS_PER_CHANGE} µs per change: ${figures.join(', ')}, ${verdict(most <= MOST_MICROS_PER_CHANGE)}`,
      `goal @asOf, ${title}: linear: a change of many takes at most ${MOST_TIMES_LINEAR} × one of few: ${growth.toFixed(2)} ×, ${verdict(growth <= MOST_TIMES_LINEAR)}`,
    ];
  });
}

export function describeLogOverhead({ logged, unlogged }: LogOverhead): string[] {
  const ratio = median(logged.cpuMsOfRounds.map((cpuMs, round) => cpuMs / unlogged.cpuMsOfRounds[round]!));
  return [
    `goal log: W6 at most ${MOST_TIMES_UNLOGGED} × the same without a log: ${ratio.toFixed(2)} × (${ms(logged.cpuMs)} and ${ms(unlogged.cpuMs)}), ${verdict(ratio <= MOST_TIMES_UNLOGGED)}`,
  ];
}

export function describeTrim({ rows, cpuMsPerRow, cpuMsPerWrite }: TrimCost): string[] {
  const share = cpuMsPerRow / cpuMsPerWrite;
  return [
    `goal trim: at most ${percent(MOST_SHARE_OF_WRITE)} of W6: ${percent(share)} (${(cpuMsPerRow * 1_000).toFixed(1)} µs for each of ${count(rows)} rows of the log, and ${ms(cpuMsPerWrite)} for a write), ${verdict(share <= MOST_SHARE_OF_WRITE)}`,
  ];
}

export function describeBackup({ bytes, backup, again, verify, restore }: BackupSpeed): string[] {
  const speed = (seconds: number) => bytes / 1e6 / seconds;
  const goal = (name: string, { seconds, serverSeconds }: BackupSpeed['backup']) =>
    `goal ${name}: at least ${LEAST_MB_PER_SECOND} MB/s: ${speed(seconds).toFixed(1)} MB/s (${seconds.toFixed(1)} s for ${(bytes / 1e6).toFixed(0)} MB, in which the server took ${serverSeconds.toFixed(1)} s of CPU), ${verdict(speed(seconds) >= LEAST_MB_PER_SECOND)}`;
  return [
    goal('backup', backup),
    goal('backup restore', restore),
    `backup with nothing to copy: ${again.seconds.toFixed(1)} s; backup verify: ${verify.seconds.toFixed(1)} s`,
  ];
}

/** Three significant digits: more than the machine repeats. */
const ms = (value: number): string => `${value >= 100 ? value.toFixed(0) : value.toPrecision(3)} ms`;

const count = (value: number): string => Math.round(value).toLocaleString('en');

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

const verdict = (isHeld: boolean): string => (isHeld ? 'held' : 'missed');
