/**
 * How fast one viewer's line is. The first guess comes from the main channel's ping of 256,000 bytes, later ones from the
 * pictures themselves; it is told in powers of two, so that viewers on like lines ask for like pictures and share them.
 */
import { Signal } from '../base/signal.ts';

/** Until something was measured: 100 Mbit/s. */
const FIRST_GUESS = 12_500_000;
/** Weight of a new measurement. */
const WEIGHT = 0.3;
/** How far the estimate must be outside the last told step before another is told: hysteresis, as a factor. */
const SLACK = 1.3;

/** The estimate of one line. */
export class LineEstimate {
  /** Tells a new `bytesPerSecond`. */
  readonly onChange = new Signal<number>();
  readonly #isLocal: boolean;
  #average: number | null = null;
  #told: number;

  /** `isLocal`: the peer is on this machine, bytes cost nothing. */
  constructor(isLocal: boolean) {
    this.#isLocal = isLocal;
    this.#told = isLocal ? Infinity : step(FIRST_GUESS);
  }

  /** The estimate as it was last told. */
  get bytesPerSecond(): number {
    return this.#told;
  }

  /** Takes a measurement: so many bytes went through in so many milliseconds. */
  note(bytes: number, milliseconds: number): void {
    if (this.#isLocal || bytes <= 0) return;
    const rate = (1000 * bytes) / Math.max(0.1, milliseconds);
    this.#average = this.#average === null ? rate : this.#average * (1 - WEIGHT) + rate * WEIGHT;
    if (this.#average < this.#told * 2 * SLACK && this.#average > this.#told / SLACK) return;
    const told = step(this.#average);
    if (told === this.#told) return;
    this.#told = told;
    this.onChange.emit(told);
  }
}

function step(rate: number): number {
  return 2 ** Math.max(10, Math.floor(Math.log2(rate)));
}
