/** The overlay of numbers. It counts only while it is shown. */
import type { SaffronScreen } from '../screen/saffron-screen.ts';
import type { ScreenStats } from '../screen/screen-stats.ts';
import { byId } from './elements.ts';

const INTERVAL_MS = 1000;
const CODEC_NAMES: Readonly<Record<string, string>> = {
  raw: 'raw',
  lz: 'LZ',
  lz4: 'LZ4',
  jpeg: 'JPEG',
  cached: 'cache',
  mjpeg: 'MJPEG',
};

export class StatsPanel {
  readonly #panel = byId('stats', HTMLElement);
  readonly #screen: SaffronScreen;
  #timer: ReturnType<typeof setInterval> | undefined;
  #before: ScreenStats;
  #beforeMs = 0;

  constructor(screen: SaffronScreen) {
    this.#screen = screen;
    this.#before = screen.stats;
  }

  /** Shows or hides the numbers. */
  show(isShown: boolean): void {
    this.#panel.hidden = !isShown;
    clearInterval(this.#timer);
    if (!isShown) return;
    this.#before = this.#screen.stats;
    this.#beforeMs = performance.now();
    this.#update();
    this.#timer = setInterval(() => this.#update(), INTERVAL_MS);
  }

  #update(): void {
    const { stats, guestSize } = this.#screen;
    const nowMs = performance.now();
    const seconds = Math.max(0.001, (nowMs - this.#beforeMs) / 1000);
    // A new connection counts from 0.
    const before = stats.frames < this.#before.frames ? { ...stats, frames: 0, bytes: 0 } : this.#before;
    const { latencyMs } = stats;
    this.#put('fps', `${Math.round((stats.frames - before.frames) / seconds)} / s`);
    this.#put('rate', `${printBytes((stats.bytes - before.bytes) / seconds)}/s`);
    this.#put('latency', latencyMs === null ? 'move the pointer' : `${latencyMs.toFixed(latencyMs < 10 ? 1 : 0)} ms`);
    this.#put('codecs', printCodecs(stats, before));
    this.#put('size', guestSize.width === 0 ? '–' : `${guestSize.width} × ${guestSize.height}`);
    this.#before = stats;
    this.#beforeMs = nowMs;
  }

  #put(name: string, text: string): void {
    const place = this.#panel.querySelector(`[data-stat="${name}"]`);
    if (place !== null) place.textContent = text;
  }
}

/** Codecs used since `before`, the most used first. */
function printCodecs(now: ScreenStats, before: ScreenStats): string {
  const used = Object.entries(now.codecs)
    .map(
      ([name, count]) =>
        [name, count - (Object.entries(before.codecs).find(([old]) => old === name)?.[1] ?? 0)] as const,
    )
    .filter(([, count]) => count > 0)
    .toSorted(([, a], [, b]) => b - a)
    .map(([name]) => CODEC_NAMES[name] ?? name);
  return used.length === 0 ? '–' : used.join(', ');
}

/** A number of bytes, in the unit that leaves it short. */
export function printBytes(bytes: number): string {
  if (bytes < 1000) return `${Math.round(bytes)} B`;
  const [value, unit] = bytes < 1e6 ? [bytes / 1e3, 'kB'] : [bytes / 1e6, 'MB'];
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${unit}`;
}
