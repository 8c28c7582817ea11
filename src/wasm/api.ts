/**
 * The parts of the WebAssembly JavaScript API (https://webassembly.github.io/spec/js-api/) used here. Their types come
 * with the browser's library only, which these folders must not see.
 */

/** A shared WebAssembly.Memory. Views made before a `grow` stay valid, but end where the memory ended then. */
export interface WasmMemory {
  readonly buffer: SharedArrayBuffer;
  /** Adds pages of 64 KiB; returns how many there were; throws RangeError when there is no room. */
  grow(pages: number): number;
}

/** A compiled module. */
export interface WasmModule {
  readonly [wasmModule]: never;
}
declare const wasmModule: unique symbol;

/** A table of function references. */
export interface WasmTable {
  readonly length: number;
  get(index: number): unknown;
  set(index: number, value: unknown): void;
}

/** What an instance is linked with, by module and name. */
export type WasmImports = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

interface WasmApi {
  readonly Memory: new (limits: {
    readonly initial: number;
    readonly maximum: number;
    readonly shared: true;
  }) => WasmMemory;
  readonly Module: new (bytes: Uint8Array) => WasmModule;
  readonly Instance: new (module: WasmModule, imports: WasmImports) => { readonly exports: unknown };
  readonly Table: new (limits: {
    readonly element: 'anyfunc';
    readonly initial: number;
    readonly maximum?: number;
  }) => WasmTable;
  validate(bytes: Uint8Array): boolean;
}

const api = (globalThis as unknown as { readonly WebAssembly: WasmApi }).WebAssembly;

/** Reserves a shared memory; sizes in pages of 64 KiB. Throws RangeError when the machine has no room for it. */
export function createSharedMemory(initialPages: number, maximumPages: number): WasmMemory {
  return new api.Memory({ initial: initialPages, maximum: maximumPages, shared: true });
}

/** Makes a table of function references, all null. */
export function createFunctionTable(length: number): WasmTable {
  return new api.Table({ element: 'anyfunc', initial: length });
}

/** Whether the bytes are a module that this machine can compile. */
export function isValidWasm(bytes: Uint8Array): boolean {
  return api.validate(bytes);
}

/** Compiles a module. Throws WebAssembly's CompileError when the bytes are no valid module. */
export function compileWasm(bytes: Uint8Array): WasmModule {
  return new api.Module(bytes);
}

/** Makes an instance whose memory is `env.memory`; its exports are what the module says, which the caller knows. */
export function instantiateWasm(module: WasmModule, memory?: WasmMemory, imports: WasmImports = {}): unknown {
  return new api.Instance(module, { ...imports, env: { memory, ...imports['env'] } }).exports;
}
