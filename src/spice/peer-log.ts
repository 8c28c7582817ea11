import type { Logger } from '../base/log.ts';
import type { Clock } from './clock.ts';

/** Time in which events of a kind make one line. */
const SPAN_MS = 1_000;

/** Reports what strangers do wrong: the first of a kind at once, then at most one line a second with a count. */
export class PeerLog {
  readonly #log: Logger;
  readonly #clock: Clock;
  readonly #kinds = new Map<string, { until: number; held: number }>();

  constructor(log: Logger, clock: Clock) {
    this.#log = log;
    this.#clock = clock;
  }

  /** Notes one event. `kind` is one of a few words of ours, never of the peer. */
  note(kind: string, fields: Readonly<Record<string, unknown>>): void {
    const now = this.#clock.now();
    const known = this.#kinds.get(kind);
    if (known !== undefined && now < known.until) {
      known.held += 1;
      return;
    }
    const held = known?.held ?? 0;
    this.#kinds.set(kind, { until: now + SPAN_MS, held: 0 });
    this.#log.warn(`viewer refused: ${kind}`, held === 0 ? fields : { ...fields, notShown: held });
  }
}
