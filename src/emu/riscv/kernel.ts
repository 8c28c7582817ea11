/** The processor's kernel (assembly/): what it imports and what it gives to interpreter and translated code. */
import { compileWasm, instantiateWasm, type WasmMemory, type WasmModule } from '../../wasm/api.ts';
import { valueType, type ValueType } from '../../wasm/opcodes.table.ts';
import { INSTRUCTIONS, type Format } from './isa.table.ts';
import { KERNEL_WASM } from './kernel.gen.ts';

const { i32, i64 } = valueType;

/** Parameters and result of a function. */
export interface Signature {
  readonly params: readonly ValueType[];
  readonly results: readonly ValueType[];
}

function signature(params: readonly ValueType[], result: ValueType | null): Signature {
  return { params, results: result === null ? [] : [result] };
}

/** Floating-point instructions that are functions of the kernel, by their format. */
const FLOAT_SIGNATURES: Readonly<Partial<Record<Format, Signature>>> = {
  G1: signature([i64, i32], i64),
  G2: signature([i64, i64, i32], i64),
  G3: signature([i64, i64, i64, i32], i64),
  GX: signature([i64, i32], i64),
  XG: signature([i64, i32], i64),
  F2: signature([i64, i64], i64),
  FC: signature([i64, i64], i64),
  FX: signature([i64], i64),
};

/** Name in the kernel of an instruction's function. */
export function kernelName(instruction: string): string {
  return instruction.replaceAll('.', '_');
}

const AMO_EXTREMES = ['amomin', 'amomax', 'amominu', 'amomaxu'];

/** Functions of the kernel that emitted code calls. */
export const KERNEL_SIGNATURES: Readonly<Record<string, Signature>> = {
  ...Object.fromEntries(
    INSTRUCTIONS.flatMap(({ name, format }) => {
      const found = FLOAT_SIGNATURES[format];
      // semantics.ts emits moves and the signs of doubles in place.
      return found === undefined || /^fmv|^fsgnj.*\.d$/.test(name) ? [] : [[kernelName(name), found] as const];
    }),
  ),
  fcvt_d_w: signature([i64], i64),
  fcvt_d_wu: signature([i64], i64),
  mulhu: signature([i64, i64], i64),
  loadPlace: signature([i64, i32], i32),
  storeSlow: signature([i64, i64, i32], i32),
  atomicPlace: signature([i64, i32, i32], i32),
  fetchPlace: signature([i64], i32),
  lookUp: signature([i64], i32),
  illegal: signature([i64], i32),
  trap: signature([i64, i64, i64], null),
  takeInterrupt: signature([], i32),
  prepareFloat: signature([i32, i64], i32),
  csr: signature([i32, i64], i32),
  sfence_vma: signature([i32, i64], i32),
  ...Object.fromEntries(
    ['ebreak', 'ecall', 'fence_i', 'mret', 'sret', 'wfi'].map((name) => [name, signature([i64], i32)]),
  ),
  lr_w: signature([i32], i64),
  lr_d: signature([i32], i64),
  sc_w: signature([i32, i64], i64),
  sc_d: signature([i32, i64], i64),
  ...Object.fromEntries(
    AMO_EXTREMES.flatMap((name) => [`${name}_w`, `${name}_d`]).map((name) => [name, signature([i32, i64], i64)]),
  ),
};

/** What the kernel asks of the hart's thread. */
export interface KernelImports {
  /** Reads from a physical address outside RAM; -1: nothing answers there. */
  readonly busLoad: (address: number, sizeBytes: 1 | 2 | 4) => number;
  /** Writes there; 0: nothing answers. */
  readonly busStore: (address: number, sizeBytes: 1 | 2 | 4, value: number) => number;
  /** The clock, in ticks of TIMEBASE_HZ. */
  readonly now: () => number;
  /** Code is run of a page (its address) that has no record; told once for what is in it. */
  readonly meetPage: (place: number, mode: number, fingerprint: number) => void;
  /** A translated page changed: its record (an address) must go. */
  readonly dropPage: (record: number) => void;
}

/** The kernel's functions that TypeScript calls; emitted code gets them all. */
export interface Kernel {
  flushAll(): void;
  /** FENCE.I. */
  doubtCode(): void;
  flushJumps(): void;
  flushTranslations(): void;
  takeInterrupt(): number;
  readMip(): bigint;
  time(): bigint;
  writeStatus(status: bigint): void;
  fetchPlace(va: bigint): number;
  lookUp(pc: bigint): number;
  findPage(place: number, mode: number): number;
}

let compiled: WasmModule | null = null;

/** Makes the kernel of the hart whose area begins at `hart`. */
export function createKernel(memory: WasmMemory, hart: number, imports: KernelImports): Kernel {
  compiled ??= compileWasm(Buffer.from(KERNEL_WASM, 'base64'));
  return instantiateWasm(compiled, memory, { env: { hart, ...imports } }) as Kernel;
}
