/**
 * Regions of guest code to WebAssembly modules. It only reads the machine's memory, and may do so in another thread than the
 * hart's: what a module was made of goes with it, and whoever installs it compares that with what is in RAM by then.
 */
import { compileWasm, type WasmModule } from '../../../wasm/api.ts';
import { ModuleBuilder } from '../../../wasm/module-builder.ts';
import type { GuestMemory } from '../contract.ts';
import type { DecodeTables } from '../encoding.ts';
import { memoryPages } from '../guest-memory.ts';
import { TRANSLATION_TYPE } from '../interpreter.ts';
import { KERNEL_SIGNATURES } from '../kernel.ts';
import * as layout from '../layout.ts';
import { findRegion } from './region.ts';
import { translateRegion } from './translate.ts';

const PAGE = 0x1000;
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

/** A compiled region. */
export interface CompiledRegion {
  /** Exports the function as `region`; imports memory, table and the kernel's functions. */
  readonly module: WasmModule;
  /** The page as it was read, and which bytes of it, `from` to before `to`, the code depends on. */
  readonly source: Uint8Array;
  readonly from: number;
  readonly to: number;
  /** Offset in the page of each entry, by its number. */
  readonly entries: readonly number[];
  /** Targets in the page of branches that were followed. */
  readonly warm: readonly number[];
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
  compile({ pc, place, mode }: RegionRequest): CompiledRegion | null {
    const isWarm = (at: number): boolean => !this.#options.hasHeat || this.#isWarm((pc & ~0xfffn) + BigInt(at));
    return this.compilePage(this.pageAt(place), mode, place % PAGE, isWarm);
  }

  /** A copy of the page around a place of the machine's memory: other threads may write there meanwhile. */
  pageAt(place: number): Uint8Array {
    const page = place - (place % PAGE);
    return this.#bytes.slice(page, page + PAGE);
  }

  /** The region of a page that begins at the offset `entry`; null when there is nothing that can be translated. */
  compilePage(source: Uint8Array, mode: number, entry: number, isWarm: (at: number) => boolean): CompiledRegion | null {
    const { guest, hart, tables } = this.#options;
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
    builder.importSharedMemory('env', 'memory', memoryPages(guest), memoryPages(guest));
    builder.importTable('env', 'table', layout.FUNCTIONS);
    builder.exportFunction('region', builder.function(type, code));
    return {
      module: compileWasm(builder.toBytes()),
      source,
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
