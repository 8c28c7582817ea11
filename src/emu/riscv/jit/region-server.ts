/** What the thread that compiles does for the harts of a machine, but for the messages. */
import { compileWasm, type WasmModule } from '../../../wasm/api.ts';
import type { CodeKeeper } from './code-keeper.ts';
import { fingerprintOf } from './fingerprint.ts';
import type { HotCode } from './hot-code.ts';
import type { HotPage, HotRegion } from './hot-page.ts';
import type { NativeCode } from './native-code.ts';
import type { MetPage, RegionAnswer } from './region-channel.ts';
import type { RegionCompiler, RegionRequest } from './region-compiler.ts';

const PAGE = 0x1000;
/** Those that a hart can have at most; what is forgotten is loaded again. */
const MAX_MODULES = 16384;

/** What a server works with. */
export interface RegionServerOptions {
  /** One for each hart. */
  readonly compilers: readonly RegionCompiler[];
  readonly hot: HotCode;
  /** Machine code from run to run; null where it cannot be had. */
  readonly native: { readonly code: NativeCode; readonly keeper: CodeKeeper } | null;
}

/** Compiles what harts ask for, what was hot in earlier runs when they first come there, and notes what is hot in this one. */
export class RegionServer {
  readonly #options: RegionServerOptions;
  /** For each hart: modules of regions; null when there could be none. */
  readonly #modules: readonly Map<HotRegion, WasmModule | null>[];

  constructor(options: RegionServerOptions) {
    this.#options = options;
    this.#modules = options.compilers.map(() => new Map<HotRegion, WasmModule | null>());
  }

  /** Fingerprints of all pages of earlier runs. */
  get fingerprints(): readonly number[] {
    return this.#options.hot.fingerprints;
  }

  /** Compiles what a hart asks for, and notes it. */
  answer(hartId: number, request: RegionRequest): RegionAnswer {
    const { compilers, hot, native } = this.#options;
    const compiler = compilers[hartId];
    if (compiler === undefined) return { request, region: null };
    const source = compiler.pageAt(request.place);
    const entry = request.place & 0xfff;
    const [known] = this.#recall(hartId, request, source, (region) => region.entry === entry);
    if (known !== undefined) return { request, region: known.region };
    const translated = compiler.translate(request, source);
    if (translated === null) return { request, region: null };
    const { wasm, ...shape } = translated;
    const module = compileWasm(wasm);
    const region = { entry, ...shape };
    const page = hot.add(source, request.mode, region);
    if (page !== null) {
      this.#remember(hartId, region, module);
      native?.keeper.add({ page, region, hartId, wasm, module });
    }
    const { from, to, entries } = shape;
    return { request, region: { module, source, from, to, entries } };
  }

  /** The regions that a page had before, as far as it holds what they were made of. */
  recall(hartId: number, met: MetPage): RegionAnswer[] {
    const source = this.#options.compilers[hartId]?.pageAt(met.place);
    return source === undefined ? [] : this.#recall(hartId, met, source, () => true);
  }

  #recall(
    hartId: number,
    { place, mode }: { readonly place: number; readonly mode: number },
    source: Uint8Array,
    isWanted: (region: HotRegion) => boolean,
  ): RegionAnswer[] {
    const { hot } = this.#options;
    const answers = new Map<number, RegionAnswer>();
    for (const page of hot.find(fingerprintOf(source), mode)) {
      const { bytes } = page;
      for (const region of page.regions) {
        const { entry, from, to, entries } = region;
        if (!isWanted(region) || answers.has(entry)) continue;
        if (Buffer.compare(bytes.subarray(from, to), source.subarray(from, to)) !== 0) continue;
        hot.use(page);
        const module = this.#moduleOf(hartId, page, region);
        if (module === null) continue;
        // What is known to be in RAM goes with it: of the rest of the page nothing was compared.
        const request = { pc: 0n, place: place - (place % PAGE) + entry, mode };
        answers.set(entry, { request, region: { module, source, from, to, entries } });
      }
      page.close();
    }
    return [...answers.values()];
  }

  #moduleOf(hartId: number, page: HotPage, region: HotRegion): WasmModule | null {
    const known = this.#modules[hartId]?.get(region);
    if (known !== undefined) return known;
    const module = this.#load(hartId, page, region);
    this.#remember(hartId, region, module);
    return module;
  }

  #remember(hartId: number, region: HotRegion, module: WasmModule | null): void {
    const modules = this.#modules[hartId];
    if (modules === undefined) return;
    if (modules.size >= MAX_MODULES) modules.clear();
    modules.set(region, module);
  }

  #load(hartId: number, page: HotPage, region: HotRegion): WasmModule | null {
    const { native } = this.#options;
    const kept = native === null ? null : page.codeOf(region, hartId);
    if (kept !== null && kept.native.length > 0) {
      const module = native?.code.deserialize(kept) ?? null;
      if (module !== null) return module;
    }
    const wasm = kept?.wasm ?? this.#translate(hartId, page, region);
    if (wasm === null) return null;
    const module = compileWasm(wasm);
    native?.keeper.add({ page, region, hartId, wasm: new Uint8Array(wasm), module });
    return module;
  }

  #translate(hartId: number, page: HotPage, region: HotRegion): Uint8Array | null {
    const warm = new Set(region.warm);
    const isWarm = (at: number): boolean => warm.has(at);
    return this.#options.compilers[hartId]?.translatePage(page.bytes, page.mode, region.entry, isWarm)?.wasm ?? null;
  }
}
