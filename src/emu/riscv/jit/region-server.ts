/** What the thread that compiles does for the harts of a machine, but for the messages. */
import { fingerprintOf } from './fingerprint.ts';
import type { HotCode, HotPage, HotRegion } from './hot-code.ts';
import type { MetPage, RegionAnswer } from './region-channel.ts';
import type { CompiledRegion, RegionCompiler, RegionRequest } from './region-compiler.ts';

/** Compiles what harts ask for, what was hot in earlier runs when they first come there, and notes what is hot in this one. */
export class RegionServer {
  readonly #compilers: readonly RegionCompiler[];
  readonly #hot: HotCode;
  /** For each hart: regions that are compiled, null when they could not be. */
  readonly #compiled: readonly Map<HotRegion, CompiledRegion | null>[];

  /** `compilers`: one for each hart. */
  constructor(compilers: readonly RegionCompiler[], hot: HotCode) {
    this.#compilers = compilers;
    this.#hot = hot;
    this.#compiled = compilers.map(() => new Map<HotRegion, CompiledRegion | null>());
  }

  /** Fingerprints of all pages of earlier runs. */
  get fingerprints(): readonly number[] {
    return this.#hot.pages.map(({ bytes }) => fingerprintOf(bytes));
  }

  /** Compiles what a hart asks for, and notes it. */
  answer(hartId: number, request: RegionRequest): RegionAnswer {
    const region = this.#compilers[hartId]?.compile(request) ?? null;
    if (region !== null) {
      this.#hot.add(region.source, request.mode, { entry: request.place & 0xfff, warm: region.warm });
    }
    return { request, region };
  }

  /** The regions that a page had in earlier runs, as far as it holds what they were made of. */
  recall(hartId: number, { place, mode, fingerprint }: MetPage): RegionAnswer[] {
    const compiler = this.#compilers[hartId];
    const pages = this.#hot.find(fingerprint, mode);
    if (compiler === undefined || pages.length === 0) return [];
    const now = compiler.pageAt(place);
    const answers = new Map<number, RegionAnswer>();
    for (const page of pages) {
      this.#hot.use(page);
      for (const region of page.regions) {
        const compiled = answers.has(region.entry) ? null : this.#compile(hartId, page, region);
        if (compiled === null) continue;
        const { from, to } = compiled;
        if (Buffer.compare(compiled.source.subarray(from, to), now.subarray(from, to)) !== 0) continue;
        // What is known to be in RAM goes with it: of the rest of the page nothing was compared.
        const answer = {
          request: { pc: 0n, place: place + region.entry, mode },
          region: { ...compiled, source: now },
        };
        answers.set(region.entry, answer);
      }
    }
    return [...answers.values()];
  }

  /** Writes down what is hot, when there is something new. */
  save(): void {
    this.#hot.save();
  }

  #compile(hartId: number, { bytes, mode }: HotPage, region: HotRegion): CompiledRegion | null {
    const known = this.#compiled[hartId]?.get(region);
    if (known !== undefined) return known;
    const warm = new Set(region.warm);
    const compiled = this.#compilers[hartId]?.compilePage(bytes, mode, region.entry, (at) => warm.has(at)) ?? null;
    this.#compiled[hartId]?.set(region, compiled);
    return compiled;
  }
}
