/**
 * Machine code that V8 made of WebAssembly modules with all optimisations, as bytes of which a later process makes the same
 * module again in a tenth of a millisecond. Node has no API for it, so V8's intrinsics are called, as V8's own tests do. V8
 * refuses bytes of another version of itself, another processor or other flags, but trusts the rest of them: they must come
 * from where nobody else writes, and be whole.
 */
import { url as inspectorUrl } from 'node:inspector';
import process from 'node:process';
import { setFlagsFromString } from 'node:v8';
import { compileWasm, instantiateWasm, type WasmModule } from '../../../wasm/api.ts';
import { Code } from '../../../wasm/code.ts';
import { ModuleBuilder } from '../../../wasm/module-builder.ts';

/** Intrinsics end the process when they are called in a way that they do not know: versions of V8 that this was tried with. */
const KNOWN_V8 = /^13\.6\./;

/** In the syntax of V8's option --allow-natives-syntax. */
const INTRINSICS = `
  return {
    isOptimized: (f) => %IsTurboFanFunction(f),
    optimize: (f) => %WasmTierUpFunction(f),
    serialize: (module) => %SerializeWasmModule(module),
    deserialize: (native, wasm) => %DeserializeWasmModule(native, wasm),
  };`;

interface Intrinsics {
  /** Of an exported function that is no import. */
  readonly isOptimized: (f: unknown) => boolean;
  readonly optimize: (f: unknown) => void;
  /** Of a module with at least one optimised function: V8 ends the process for others. */
  readonly serialize: (module: WasmModule) => ArrayBuffer;
  readonly deserialize: (native: ArrayBuffer, wasm: Uint8Array<ArrayBuffer>) => WasmModule | undefined;
}

/** A module, and what it is made of again. */
export interface NativeModule {
  readonly wasm: Uint8Array;
  readonly native: Uint8Array;
}

/** See the file's head. Of one thread. */
export class NativeCode {
  #intrinsics: Intrinsics;

  private constructor(intrinsics: Intrinsics) {
    this.#intrinsics = intrinsics;
  }

  /** Null where it cannot be had; `source` is that of the intrinsics, for tests. */
  static open(source: string = INTRINSICS): NativeCode | null {
    // A debugger takes optimised code away, at any time.
    if (!KNOWN_V8.test(process.versions.v8) || inspectorUrl() !== undefined) return null;
    const intrinsics = makeIntrinsics(source);
    return intrinsics === null ? null : new NativeCode(intrinsics);
  }

  /** The machine code of a module with one function, of which `run` is an instance's; null while it is not optimised. */
  serialize(module: WasmModule, run: unknown): Uint8Array | null {
    return this.#with(({ isOptimized, serialize }) => (isOptimized(run) ? new Uint8Array(serialize(module)) : null));
  }

  /** Optimises an exported function, for as long as that takes: some milliseconds. */
  optimize(run: unknown): void {
    this.#with(({ optimize }) => optimize(run));
  }

  /** The module; null when V8 cannot use the machine code. */
  deserialize({ wasm, native }: NativeModule): WasmModule | null {
    return this.#with(({ deserialize }) => deserialize(new Uint8Array(native).buffer, new Uint8Array(wasm)) ?? null);
  }

  /** What V8 has not called for long it compiles anew when it is called again, which fails without the option. */
  #with<T>(use: (intrinsics: Intrinsics) => T): T {
    try {
      return use(this.#intrinsics);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      this.#intrinsics = makeIntrinsics(INTRINSICS) ?? this.#intrinsics;
      return use(this.#intrinsics);
    }
  }
}

/** Functions are compiled when they are first called, so that is done while the option is set, and with it a trial. */
function makeIntrinsics(source: string): Intrinsics | null {
  const builder = new ModuleBuilder();
  builder.exportFunction('run', builder.function(builder.type([], []), new Code(0)));
  const wasm = builder.toBytes();
  setFlagsFromString('--allow-natives-syntax');
  try {
    // oxlint-disable-next-line typescript/no-implied-eval -- There is no other way to write them.
    const intrinsics = new Function(source)() as Intrinsics;
    const module = compileWasm(wasm);
    const { run } = instantiateWasm(module) as { run: unknown };
    intrinsics.optimize(run);
    const native = intrinsics.isOptimized(run) ? intrinsics.serialize(module) : null;
    const isUsable = native !== null && intrinsics.deserialize(native, new Uint8Array(wasm)) !== undefined;
    return isUsable ? intrinsics : null;
  } catch {
    return null;
  } finally {
    setFlagsFromString('--no-allow-natives-syntax');
  }
}
