import { report } from '../../../events/report.ts';
import {
  type Alert,
  type AlertRule,
  type AlertsState,
  MAX_SILENCES,
  type NewSilence,
  type Silence,
  type WebhookState,
} from '../../alert.ts';
import type { KnownAlertSettings } from '../../alert-settings.ts';
import type { CapacitySettings } from '../../capacity.ts';
import { alertMessage, testRecord } from './alert-message.ts';
import { type AlertRecord, changesAtMs, type StepSettings, stepAlert, type Transition } from './alert-step.ts';
import { type AlertStore, covers, type StoredAlert } from './alert-store.ts';
import { BoardMemory, type Seen } from './board-memory.ts';
import type { Finding } from './finding.ts';
import { Outbox } from './outbox.ts';
import { findAll, forgetMsOf } from './rules.ts';

interface BoardOptions {
  readonly store: AlertStore;
  readonly settings: KnownAlertSettings;
  readonly capacity: CapacitySettings;
  readonly webhook: Omit<WebhookState, 'waiting'>;
  /** Time between looks while something is reported, in milliseconds. */
  readonly periodMs: number;
}

/** What is said of a firing alert is stored as often, in milliseconds. */
const STORED_EACH_MS = 60_000;

/**
 * The alerts of a deployment. They are looked at when something was reported and when one of them changes by the clock alone; what they say
 * is stored before anyone is told.
 */
export class AlertBoard {
  readonly #options: BoardOptions;
  /** What the webhook is to be told. */
  readonly outbox: Outbox;
  readonly #open = new Map<string, StoredAlert>();
  readonly #storedMs = new Map<number, number>();
  readonly #memory: BoardMemory;

  constructor(options: BoardOptions) {
    this.#options = options;
    const { store } = options;
    this.outbox = new Outbox(store);
    this.#memory = new BoardMemory(options);
    for (const alert of store.open) this.#open.set(nameOf(alert.record), alert);
  }

  /** Looks at what has come; if nothing has, at what the time that passed has changed. */
  look(seen: Seen, nowMs: number): void {
    const state = this.#memory.look(seen, nowMs);
    this.#step(findAll(state, this.#options.settings), nowMs);
    this.#tell(nowMs);
  }

  /** When there is something to do although nothing is reported, in milliseconds since 1970; null: never. */
  nextMs(nowMs: number): number | null {
    const { silences } = this.#options.store;
    const times = [...this.#open.values()].flatMap(({ record }) => {
      const silenced = silencedUntilMs(silences, record, nowMs);
      const untold = record.state === 'FIRING' && record.toldRank < record.rank && silenced !== null;
      return [changesAtMs(record, this.#settingsOf(record.rule)), untold ? silenced : null];
    });
    const due = [...times, this.outbox.nextMs].filter((ms) => ms !== null);
    return due.length === 0 ? null : Math.min(...due);
  }

  state(nowMs: number): AlertsState {
    const { store, webhook } = this.#options;
    const { silences } = store;
    const shown = ({ id, record }: StoredAlert): Alert => {
      const { rank: _, toldRank: __, ...alert } = record;
      return { ...alert, id: String(id), silencedUntilMs: silencedUntilMs(silences, record, nowMs) };
    };
    return {
      alerts: [...[...this.#open.values()].toSorted((a, b) => b.id - a.id), ...store.resolved].map(shown),
      silences: silences.filter(({ untilMs }) => untilMs > nowMs),
      webhook: { origin: webhook.origin, problem: webhook.problem, waiting: this.outbox.waiting },
    };
  }

  /** Null: there are as many as may be. */
  silence(silence: NewSilence, nowMs: number): Silence | null {
    const { store } = this.#options;
    store.trimSilences(nowMs);
    return store.silences.length >= MAX_SILENCES ? null : store.addSilence(silence, nowMs);
  }

  /** True if there was one. */
  unsilence(id: string): boolean {
    return this.#options.store.removeSilence(id);
  }

  /** False: no alert that is not resolved has the id. */
  acknowledge(id: string, by: string, nowMs: number): boolean {
    const alert = [...this.#open.values()].find((each) => String(each.id) === id);
    if (alert === undefined) return false;
    this.#keep({ id: alert.id, record: { ...alert.record, acknowledged: { by, atMs: nowMs } } }, nowMs);
    return true;
  }

  /** A message that says it is a test. */
  testMessage(by: string, nowMs: number): string {
    return alertMessage('alert.test', 'test', testRecord(by, nowMs), nowMs, this.#options.settings.tellsShardKeys);
  }

  #step(findings: ReadonlyMap<AlertRule, readonly Finding[]>, nowMs: number): void {
    const named = new Map<string, readonly [AlertRule, Finding]>();
    for (const [rule, found] of findings) {
      for (const finding of found) named.set(nameOf({ rule, subject: finding.subject }), [rule, finding]);
    }
    for (const name of new Set([...this.#open.keys(), ...named.keys()])) {
      const alert = this.#open.get(name) ?? null;
      const [rule, finding] = named.get(name) ?? [alert!.record.rule, null];
      const { record, transition } = stepAlert(rule, alert?.record ?? null, finding, this.#settingsOf(rule), nowMs);
      if (record === null) this.#drop(alert);
      else this.#change(alert, record, transition, nowMs);
    }
  }

  /** A pending alert came to nothing. */
  #drop(alert: StoredAlert | null): void {
    if (alert === null) return;
    this.#open.delete(nameOf(alert.record));
    this.#options.store.remove(alert.id);
  }

  #change(alert: StoredAlert | null, record: AlertRecord, transition: Transition | null, nowMs: number): void {
    const id = alert?.id ?? this.#options.store.add(record);
    const isDue = nowMs - (this.#storedMs.get(id) ?? 0) >= STORED_EACH_MS;
    if (transition !== null || isDue) this.#keep({ id, record }, nowMs);
    else this.#open.set(nameOf(record), { id, record });
    if (transition === null) return;
    const { rule, subject, severity, summary, remedy, evidence } = record;
    const { shardKey: _, ...known } = evidence;
    if (transition !== 'RESOLVED') report({ type: 'alert-firing', rule, subject, severity, summary, remedy, ...known });
    else report({ type: 'alert-resolved', rule, subject, resolution: record.resolution! });
  }

  #keep(alert: StoredAlert, nowMs: number): void {
    const { store } = this.#options;
    store.change(alert);
    if (alert.record.state !== 'RESOLVED') {
      this.#open.set(nameOf(alert.record), alert);
      this.#storedMs.set(alert.id, nowMs);
      return;
    }
    this.#open.delete(nameOf(alert.record));
    this.#storedMs.delete(alert.id);
    if (alert.record.toldRank > 0) this.#write('alert.resolved', alert, nowMs);
    store.trim(nowMs);
  }

  /** Writes to the webhook what it does not know yet, unless somebody has silenced it. */
  #tell(nowMs: number): void {
    const untold = [...this.#open.values()].filter(
      ({ record: { state, toldRank, rank } }) => state === 'FIRING' && toldRank < rank,
    );
    if (untold.length === 0) return;
    const { store, webhook } = this.#options;
    const { silences } = store;
    for (const alert of untold) {
      if (webhook.origin === null || silencedUntilMs(silences, alert.record, nowMs) !== null) continue;
      this.#write('alert.firing', alert, nowMs);
      this.#keep({ id: alert.id, record: { ...alert.record, toldRank: alert.record.rank } }, nowMs);
    }
  }

  #write(type: 'alert.firing' | 'alert.resolved', { id, record }: StoredAlert, nowMs: number): void {
    const { tellsShardKeys } = this.#options.settings;
    const body = alertMessage(type, String(id), record, nowMs, tellsShardKeys);
    this.outbox.add({ alert: id, id: `${type}_${id}_${record.rank}`, nextMs: nowMs, body });
  }

  #settingsOf(rule: AlertRule): StepSettings {
    const forSeconds = this.#options.settings.rules[rule]?.forSeconds ?? 0;
    return { forMs: forSeconds * 1_000, forgetMs: forgetMsOf(rule) };
  }
}

const nameOf = ({ rule, subject }: Pick<AlertRecord, 'rule' | 'subject'>): string => `${rule}\n${subject}`;

/** Until when an alert is silenced by now; null: it is not. */
function silencedUntilMs(silences: readonly Silence[], record: AlertRecord, nowMs: number): number | null {
  const covering = silences.filter((silence) => covers(silence, record, nowMs)).map(({ untilMs }) => untilMs);
  return covering.length === 0 ? null : Math.max(...covering);
}
