import { ADVICE_KINDS, type Advice } from '../advice.ts';
import type { AlertsState, Delivery, NewSilence, Silence } from '../alert.ts';
import { ShardQLError } from '../errors.ts';
import { MONITOR_NAME, type MonitorRpc } from '../protocol/monitor-rpc.ts';
import type { ObjectNamespace } from './routing/router-env.ts';

/** Alerts and advice of the deployment, which its monitor keeps. */
export class AlertDesk {
  readonly #monitors: ObjectNamespace | undefined;

  /** @param monitors undefined: none is bound. */
  constructor(monitors: ObjectNamespace | undefined) {
    this.#monitors = monitors;
  }

  /** Null: no monitor is bound. */
  async state(): Promise<AlertsState | null> {
    return this.#monitors === undefined ? null : await this.#monitor.alerts();
  }

  /** Null: no monitor is bound. Advice of a kind that came with a later release, which the monitor already runs, is left out. */
  async advice(): Promise<readonly Advice[] | null> {
    if (this.#monitors === undefined) return null;
    const all = await this.#monitor.advice();
    return all.filter(({ kind }) => ADVICE_KINDS.includes(kind));
  }

  // All others throw NOT_FOUND where no monitor is bound.

  /** Null: there are as many as may be. */
  async silence(silence: NewSilence): Promise<Silence | null> {
    return await this.#monitor.silenceAlerts(silence);
  }

  /** False: there is none. */
  async removeSilence(id: string): Promise<boolean> {
    return await this.#monitor.removeSilence(id);
  }

  /** False: no alert that is not resolved has the id. */
  async acknowledge(id: string, by: string): Promise<boolean> {
    return await this.#monitor.acknowledgeAlert({ id, by });
  }

  async test(by: string): Promise<Delivery> {
    return await this.#monitor.testAlert({ by });
  }

  get #monitor(): MonitorRpc {
    if (this.#monitors === undefined) {
      throw new ShardQLError(
        'NOT_FOUND',
        'Expected a Durable Object that keeps alerts, but got no binding MONITOR. Bind it, as wrangler.toml shows.',
      );
    }
    return this.#monitors.get(this.#monitors.idFromName(MONITOR_NAME)) as MonitorRpc;
  }
}
