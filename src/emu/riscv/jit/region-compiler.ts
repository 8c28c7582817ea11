/**
 * Regions of guest code to WebAssembly modules. It only reads the machine's memory, and may do so in another thread than the
 * hart's: what a module was made of goes with it, and whoever installs it compares that with what is in RAM by then.
 */
import { compileWasm, type WasmModule } from '../../../wasm/api.ts';
import { ModuleBuilder } from '../../../wasm/module-builder.ts';
import type { GuestMemory } from '../contract.ts';
import type { DecodeTables } from '../encoding.ts';
import { TRANSLATION_TYPE } from '../interpreter.ts';
import { KERNEL_SIGNATURES } from '../kernel.ts';
import * as layout from '../layout.ts';
import { footprintOf } from './footprint.ts';
import { findRegion } from './region.ts';
import { translateRegion } from './translate.ts';

const PAGE = 0x1000;
const WASM_PAGE = 0x10000;
const MAX_WASM_PAGES = 0x10000;
const MAX_REGION_INSTRUCTIONS = 400;

/** A place that is to be translated. */
export interface RegionRequest {
  /** Its address as the guest sees it now. */
  readonly pc: bigint;
  /** Where it lies in the machine's memory. */
  readonly place: number;
  /** 0 user, 1 supervisor, 3 machine: the mode that the code is for. */
  readonly mode: number;
}

/** What a region was made of and how it is entered. */
export interface RegionShape {
  /** Which bytes of the page, `from` to before `to`, the code depends on. */
  readonly from: number;
  readonly to: number;
  /** Offset in the page of each entry, by its number. */
  readonly entries: readonly number[];
  /** Targets in the page of branches that were followed. */
  readonly warm: readonly number[];
}

/** A translated region. */
export interface TranslatedRegion extends RegionShape {
  /** Exports the function as `region`; imports memory, table and the kernel's functions. The size of RAM makes no difference. */
  readonly wasm: Uint8Array;
}

/** A compiled region. */
export interface CompiledRegion extends Omit<RegionShape, 'warm'> {
  /** Of `TranslatedRegion.wasm`. */
  readonly module: WasmModule;
  /** The page as it was read. */
  readonly source: Uint8Array;
  /** See footprint.ts. */
  readonly footprintBytes: number;
}

/** What code is compiled for. */
export interface CompilerOptions {
  readonly guest: GuestMemory;
  /** Where the hart's area begins. */
  readonly hart: number;
  readonly tables: DecodeTables;
  /** Whether jumps are counted long enough for those that were not seen to be rare. */
  readonly hasHeat: boolean;
}

/** Compiles regions for one hart. */
export class RegionCompiler {
  readonly #options: CompilerOptions;
  readonly #view: DataView;
  readonly #bytes: Uint8Array;

  constructor(options: CompilerOptions) {
    this.#options = options;
    this.#view = new DataView(options.guest.memory.buffer);
    this.#bytes = new Uint8Array(options.guest.memory.buffer);
  }

  /** Null when there is nothing at the place that can be translated. */
  compile(request: RegionRequest): CompiledRegion | null {
    const source = this.pageAt(request.place);
    const translated = this.translate(request, source);
    if (translated === null) return null;
    const { wasm, from, to, entries } = translated;
    return { module: compileWasm(wasm), source, from, to, entries, footprintBytes: footprintOf(wasm) };
  }

  /** Translates what is asked for, of the page as it was read; null when there is nothing there that can be. */
  translate({ pc, place, mode }: RegionRequest, source: Uint8Array): TranslatedRegion | null {
    const isWarm = (at: number): boolean => !this.#options.hasHeat || this.#isWarm((pc & ~0xfffn) + BigInt(at));
    return this.translatePage(source, mode, place % PAGE, isWarm);
  }

  /** A copy of the page around a place of the machine's memory: other threads may write there meanwhile. */
  pageAt(place: number): Uint8Array {
    const page = place - (place % PAGE);
    return this.#bytes.slice(page, page + PAGE);
  }

  /** The region of a page that begins at the offset `entry`; null when there is nothing that can be translated. */
  translatePage(
    source: Uint8Array,
    mode: number,
    entry: number,
    isWarm: (at: number) => boolean,
  ): TranslatedRegion | null {
    const { hart, tables } = this.#options;
    const warm: number[] = [];
    const follow = (at: number): boolean => {
      if (!isWarm(at)) return false;
      if (at >= 0 && at < PAGE) warm.push(at);
      return true;
    };
    const view = new DataView(source.buffer, source.byteOffset, PAGE);
    const blocks = findRegion(view, tables, entry, MAX_REGION_INSTRUCTIONS, follow);
    if (blocks.length === 0) return null;

    const builder = new ModuleBuilder();
    const type = builder.type(TRANSLATION_TYPE.params, TRANSLATION_TYPE.results);
    const imported = new Map<string, number>();
    const kernelFunction = (name: string): number => {
      const known = imported.get(name);
      if (known !== undefined) return known;
      const { params, results } = KERNEL_SIGNATURES[name] ?? { params: [], results: [] };
      const index = builder.importFunction('kernel', name, builder.type(params, results));
      imported.set(name, index);
      return index;
    };
    const { code, entries } = translateRegion(blocks, { hart, mode, kernelFunction });
    builder.importSharedMemory('env', 'memory', (hart + layout.HART_BYTES) / WASM_PAGE, MAX_WASM_PAGES);
    builder.importTable('env', 'table', layout.FUNCTIONS);
    builder.exportFunction('region', builder.function(type, code));
    return {
      wasm: builder.toBytes(),
      from: blocks[0]?.at ?? 0,
      to: Math.max(...blocks.map(({ instructions }) => endOf(instructions.at(-1)))),
      entries,
      warm,
    };
  }

  /** Whether the interpreter has seen a jump there; where many are counted in one place, it may have been another one. */
  #isWarm(pc: bigint): boolean {
    const index = Number(BigInt.asUintN(32, pc ^ (pc >> 12n))) & ((layout.HEAT_ENTRIES - 1) << 1);
    return this.#view.getUint16(this.#options.hart + layout.H_HEAT + index, true) !== 0;
  }
}

function endOf(it: { readonly at: number; readonly lengthBytes: number } | undefined): number {
  return it === undefined ? 0 : it.at + it.lengthBytes;
}
