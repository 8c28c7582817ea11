/** What the thread that compiles does for the harts of a machine, but for the messages. */
import { compileWasm } from '../../../wasm/api.ts';
import type { CodeKeeper } from './code-keeper.ts';
import { footprintOf } from './footprint.ts';
import { fingerprintOf } from './fingerprint.ts';
import type { HotCode } from './hot-code.ts';
import type { HotPage, HotRegion } from './hot-page.ts';
import type { NativeCode } from './native-code.ts';
import type { MetPage, RegionAnswer } from './region-channel.ts';
import type { CompiledRegion, RegionCompiler, RegionRequest } from './region-compiler.ts';

const PAGE = 0x1000;
/** What modules may take that are kept for another page with the same code: most harts hold themselves, as long as they run it. */
const MAX_MODULE_BYTES = 128 << 20;

/** What a server works with. */
export interface RegionServerOptions {
  /** One for each hart. */
  readonly compilers: readonly RegionCompiler[];
  readonly hot: HotCode;
  /** Machine code from run to run; null where it cannot be had. */
  readonly native: { readonly code: NativeCode; readonly keeper: CodeKeeper } | null;
}

type LoadedModule = Pick<CompiledRegion, 'module' | 'footprintBytes'>;

/** Compiles what harts ask for, what was hot in earlier runs when they first come there, and notes what is hot in this one. */
export class RegionServer {
  readonly #options: RegionServerOptions;
  /** For each hart: modules of regions, from the one that was not wanted longest on. */
  readonly #modules: readonly Map<HotRegion, LoadedModule>[];
  /** What they take, for each hart. */
  readonly #moduleBytes: number[];

  constructor(options: RegionServerOptions) {
    this.#options = options;
    this.#modules = options.compilers.map(() => new Map<HotRegion, LoadedModule>());
    this.#moduleBytes = options.compilers.map(() => 0);
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
    const loaded = { module: compileWasm(wasm), footprintBytes: footprintOf(wasm) };
    const region = { entry, ...shape };
    const page = hot.add(source, request.mode, region);
    if (page !== null) {
      this.#remember(hartId, region, loaded);
      native?.keeper.add({ page, region, hartId, wasm: new Uint8Array(wasm), ...loaded });
    }
    const { from, to, entries } = shape;
    return { request, region: { ...loaded, source, from, to, entries } };
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
        const loaded = this.#moduleOf(hartId, page, region);
        if (loaded === null) continue;
        // What is known to be in RAM goes with it: of the rest of the page nothing was compared.
        const request = { pc: 0n, place: place - (place % PAGE) + entry, mode };
        answers.set(entry, { request, region: { ...loaded, source, from, to, entries } });
      }
      page.close();
    }
    return [...answers.values()];
  }

  #moduleOf(hartId: number, page: HotPage, region: HotRegion): LoadedModule | null {
    const modules = this.#modules[hartId];
    const known = modules?.get(region);
    if (known !== undefined) {
      modules?.delete(region);
      modules?.set(region, known);
      return known;
    }
    const waiting = this.#options.native?.keeper.find(region, hartId) ?? null;
    const loaded = waiting === null ? this.#load(hartId, page, region) : moduleIn(waiting);
    if (loaded !== null) this.#remember(hartId, region, loaded);
    return loaded;
  }

  #remember(hartId: number, region: HotRegion, loaded: LoadedModule): void {
    const modules = this.#modules[hartId];
    if (modules === undefined) return;
    modules.set(region, loaded);
    let bytes = (this.#moduleBytes[hartId] ?? 0) + loaded.footprintBytes;
    // Each hart has its part: else one that came late would keep none.
    const limit = MAX_MODULE_BYTES / this.#modules.length;
    for (const [oldest, { footprintBytes }] of modules) {
      if (bytes <= limit) break;
      modules.delete(oldest);
      bytes -= footprintBytes;
    }
    this.#moduleBytes[hartId] = bytes;
  }

  #load(hartId: number, page: HotPage, region: HotRegion): LoadedModule | null {
    const { native } = this.#options;
    const kept = native === null ? null : page.codeOf(region, hartId);
    if (kept !== null && kept.native.length > 0) {
      const module = native?.code.deserialize(kept) ?? null;
      if (module !== null) return { module, footprintBytes: footprintOf(kept.wasm) };
    }
    const wasm = kept?.wasm ?? this.#translate(hartId, page, region);
    if (wasm === null) return null;
    const loaded = { module: compileWasm(wasm), footprintBytes: footprintOf(wasm) };
    native?.keeper.add({ page, region, hartId, wasm: new Uint8Array(wasm), ...loaded });
    return loaded;
  }

  #translate(hartId: number, page: HotPage, region: HotRegion): Uint8Array | null {
    const warm = new Set(region.warm);
    const isWarm = (at: number): boolean => warm.has(at);
    return this.#options.compilers[hartId]?.translatePage(page.bytes, page.mode, region.entry, isWarm)?.wasm ?? null;
  }
}

function moduleIn({ module, footprintBytes }: LoadedModule): LoadedModule {
  return { module, footprintBytes };
}
