/** How fast one guest may go: counts its commands and the time that they take, and says when it must rest. */
import type { RenderLimits } from './limits.ts';
import { RateBudget } from './rate-budget.ts';

/** What `maxBusyMs` says when there is no limit. */
const WHOLE_SECOND_MS = 1000;
/** Timers know no longer time; whoever owes more rests again. */
const MAX_REST_MS = 2 ** 31 - 1;

/** The pace of one guest, or one client. */
export class WorkPace {
  readonly #time: RateBudget;
  readonly #commands: RateBudget;
  #count = 0;
  #since: number | null = null;

  constructor({ maxBusyMs, maxCommandsPerSecond }: Pick<RenderLimits, 'maxBusyMs' | 'maxCommandsPerSecond'>) {
    this.#time = new RateBudget(maxBusyMs < WHOLE_SECOND_MS ? maxBusyMs : Infinity);
    this.#commands = new RateBudget(maxCommandsPerSecond);
  }

  /** Whether time is counted. Then the GPU must be done with all it was given before work ends: its time counts as well. */
  get isTimed(): boolean {
    return this.#time.isLimited;
  }

  /** Work begins, or goes on. */
  begin(): void {
    this.#since ??= performance.now();
  }

  /** One more command is done. */
  step(): void {
    this.#count++;
  }

  /** Work has ended for now. How long to rest, in whole milliseconds, before it may go on. */
  end(): number {
    const now = performance.now();
    const workedMs = now - (this.#since ?? now);
    this.#since = null;
    const forTime = this.#time.spend(workedMs, workedMs, now);
    const forCommands = this.#commands.spend(this.#count, workedMs, now);
    this.#count = 0;
    return Math.min(MAX_REST_MS, Math.floor(Math.max(forTime, forCommands)));
  }
}
