/** Instances of regions that are never run: what V8 knows of a function's code it tells of the function of an instance. */
import { createFunctionTable, instantiateWasm, type WasmMemory, type WasmModule } from '../../../wasm/api.ts';
import { KERNEL_SIGNATURES } from '../kernel.ts';
import * as layout from '../layout.ts';

/** Makes them for one thread. */
export class IdleInstances {
  readonly #memory: WasmMemory;
  readonly #imports = {
    env: { table: createFunctionTable(layout.FUNCTIONS) },
    kernel: Object.fromEntries(Object.keys(KERNEL_SIGNATURES).map((name) => [name, () => 0])),
  };

  constructor(memory: WasmMemory) {
    this.#memory = memory;
  }

  /** The function of a new instance. */
  functionOf(module: WasmModule): unknown {
    return (instantiateWasm(module, this.#memory, this.#imports) as { region: unknown }).region;
  }
}
