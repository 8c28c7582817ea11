/**
 * Gathers machine code of regions that were compiled in this run, for later ones: what V8 optimises because it is run much,
 * and, when there is time, the rest too.
 */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { WasmMemory, WasmModule } from '../../../wasm/api.ts';
import type { HotPage, HotRegion } from './hot-page.ts';
import { IdleInstances } from './idle-instances.ts';
import type { NativeCode } from './native-code.ts';
import type { OptimizedModule, OptimizerWorkerData } from './optimizer.worker.ts';

/** A guest can have regions made for ever: what modules that wait may take in memory. Most of them are a hart's too. */
const MAX_WAITING_BYTES = 64 << 20;

const NO_NATIVE = new Uint8Array();

/** A region that was compiled. */
export interface FreshRegion {
  readonly page: HotPage;
  readonly region: HotRegion;
  readonly hartId: number;
  readonly wasm: Uint8Array;
  readonly module: WasmModule;
  /** See footprint.ts. */
  readonly footprintBytes: number;
}

interface Waiting extends FreshRegion {
  /** The function of an instance that is never run. */
  run: unknown;
}

/** See the file's head. */
export class CodeKeeper {
  readonly #native: NativeCode;
  readonly #memory: WasmMemory;
  readonly #instances: IdleInstances;
  readonly #waiting = new Set<Waiting>();
  /** The same, for each region. */
  readonly #ofRegion = new Map<HotRegion, Waiting[]>();
  #waitingBytes = 0;
  /** Comes by those of `#waiting`, from the one that waits longest on. */
  #round: Iterator<Waiting> | null = null;

  constructor(native: NativeCode, memory: WasmMemory) {
    this.#native = native;
    this.#memory = memory;
    this.#instances = new IdleInstances(memory);
  }

  /** How many regions have no machine code yet. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Keeps the WebAssembly of a region for now; when too many wait, that which has waited longest waits no more. */
  add(fresh: FreshRegion): void {
    const { page, region, hartId, wasm, footprintBytes } = fresh;
    const it = { ...fresh, run: null };
    this.#waiting.add(it);
    this.#waitingBytes += footprintBytes;
    this.#ofRegion.set(region, [...(this.#ofRegion.get(region) ?? []), it]);
    page.keep(region, hartId, { wasm, native: NO_NATIVE });
    for (const oldest of this.#waiting) {
      if (this.#waitingBytes <= MAX_WAITING_BYTES) break;
      this.#take(oldest);
      this.#forget(oldest);
    }
  }

  /** A region that was added for a hart and waits; null when none does. */
  find(region: HotRegion, hartId: number): FreshRegion | null {
    return this.#ofRegion.get(region)?.find((it) => it.hartId === hartId) ?? null;
  }

  /** Takes what V8 has optimised since, looking at so many; whether there are more to look at. */
  take(count: number): boolean {
    this.#round ??= this.#waiting.values();
    for (let looked = 0; looked < count; looked++) {
      const next = this.#round.next();
      if (next.done === true) {
        this.#round = null;
        return false;
      }
      this.#take(next.value);
    }
    return true;
  }

  /** Optimises and takes all that wait now, at full speed in a thread of its own; resolves when that has ended. */
  async optimize(): Promise<void> {
    const list = [...this.#waiting];
    const workerData: OptimizerWorkerData = { memory: this.#memory, modules: list.map(({ module }) => module) };
    const worker = new Worker(new URL('./optimizer.worker.ts', import.meta.url), { workerData });
    worker.on('message', (news: readonly OptimizedModule[]) => {
      for (const { index, native } of news) {
        const it = list[index];
        // It may have been taken meanwhile.
        if (it !== undefined && this.#waiting.has(it)) this.#keep(it, native);
      }
    });
    // What it has not done waits on.
    worker.on('error', () => {});
    await once(worker, 'exit');
  }

  #take(it: Waiting): void {
    it.run ??= this.#instances.functionOf(it.module);
    const native = this.#native.serialize(it.module, it.run);
    if (native !== null) this.#keep(it, native);
  }

  #keep(it: Waiting, native: Uint8Array): void {
    it.page.keep(it.region, it.hartId, { wasm: it.wasm, native });
    this.#forget(it);
  }

  #forget(it: Waiting): void {
    if (!this.#waiting.delete(it)) return;
    this.#waitingBytes -= it.footprintBytes;
    const rest = this.#ofRegion.get(it.region)?.filter((other) => other !== it) ?? [];
    if (rest.length === 0) this.#ofRegion.delete(it.region);
    else this.#ofRegion.set(it.region, rest);
  }
}
