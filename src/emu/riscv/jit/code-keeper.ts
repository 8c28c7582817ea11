/**
 * Gathers machine code of regions that were compiled in this run, for later ones: what V8 optimises because it is run much,
 * and, when there is time, the rest too.
 */
import { createFunctionTable, instantiateWasm, type WasmMemory, type WasmModule } from '../../../wasm/api.ts';
import { KERNEL_SIGNATURES } from '../kernel.ts';
import * as layout from '../layout.ts';
import type { HotPage, HotRegion } from './hot-page.ts';
import type { NativeCode } from './native-code.ts';

/** A guest can have regions made for ever; a module takes some tens of kilobytes. */
const MAX_WAITING = 8192;

const NO_NATIVE = new Uint8Array();

/** A region that was compiled. */
export interface FreshRegion {
  readonly page: HotPage;
  readonly region: HotRegion;
  readonly hartId: number;
  readonly wasm: Uint8Array;
  readonly module: WasmModule;
}

interface Waiting extends FreshRegion {
  /** The function of an instance that is never run. */
  run: unknown;
}

/** See the file's head. */
export class CodeKeeper {
  readonly #native: NativeCode;
  readonly #memory: WasmMemory;
  readonly #table = createFunctionTable(layout.FUNCTIONS);
  readonly #kernel = Object.fromEntries(Object.keys(KERNEL_SIGNATURES).map((name) => [name, () => 0]));
  #waiting: Waiting[] = [];
  /** Those of `#waiting` that were looked at since they were last looked at from the first on. */
  #looked = 0;

  constructor(native: NativeCode, memory: WasmMemory) {
    this.#native = native;
    this.#memory = memory;
  }

  /** Keeps the WebAssembly of a region for now. */
  add(fresh: FreshRegion): void {
    if (this.#waiting.length >= MAX_WAITING) return;
    this.#waiting.push({ ...fresh, run: null });
    fresh.page.keep(fresh.region, fresh.hartId, { wasm: fresh.wasm, native: NO_NATIVE });
  }

  /** Takes what V8 has optimised since, looking at so many; whether there are more to look at. */
  take(count: number): boolean {
    const end = Math.min(this.#looked + count, this.#waiting.length);
    const rest = this.#waiting.slice(this.#looked, end).filter((it) => !this.#take(it));
    this.#waiting.splice(this.#looked, end - this.#looked, ...rest);
    this.#looked += rest.length;
    if (this.#looked < this.#waiting.length) return true;
    this.#looked = 0;
    return false;
  }

  /** Optimises and takes regions that have waited longest, for so long and until the last of them is done. */
  optimizeFor(milliseconds: number): void {
    const end = performance.now() + milliseconds;
    while (performance.now() < end) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#looked = Math.max(0, this.#looked - 1);
      if (this.#take(next)) continue;
      this.#native.optimize(this.#runOf(next));
      this.#take(next);
    }
  }

  #take(it: Waiting): boolean {
    const native = this.#native.serialize(it.module, this.#runOf(it));
    if (native === null) return false;
    it.page.keep(it.region, it.hartId, { wasm: it.wasm, native });
    return true;
  }

  #runOf(it: Waiting): unknown {
    if (it.run === null) {
      const imports = { env: { table: this.#table }, kernel: this.#kernel };
      it.run = (instantiateWasm(it.module, this.#memory, imports) as { region: unknown }).region;
    }
    return it.run;
  }
}
