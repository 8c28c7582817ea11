/**
 * A WebAssembly module (core specification §5.5), put together from functions written with `Code`; with hints about branches
 * (custom section `metadata.code.branch_hint`, code metadata proposal) where a function has some.
 */
import { ByteSink } from './byte-sink.ts';
import type { Code } from './code.ts';
import type { ValueType } from './opcodes.table.ts';

const FUNCREF = 0x70;

const SECTION = { custom: 0, type: 1, import: 2, function: 3, export: 7, element: 9, code: 10 } as const;

const BRANCH_HINTS = 'metadata.code.branch_hint';

/** Collects a module; imports of functions come before functions. */
export class ModuleBuilder {
  readonly #types = new ByteSink();
  readonly #imports = new ByteSink();
  readonly #functions = new ByteSink();
  readonly #exports = new ByteSink();
  readonly #elements = new ByteSink();
  readonly #code = new ByteSink(4096);
  readonly #typeIndex = new Map<string, number>();
  #importCount = 0;
  #importedFunctions = 0;
  #functionCount = 0;
  #exportCount = 0;
  #elementCount = 0;
  readonly #hints = new ByteSink();
  #hintedCount = 0;

  /** The index of a function type, the same for equal types. */
  type(params: readonly ValueType[], results: readonly ValueType[]): number {
    const key = `${params.join()}>${results.join()}`;
    const known = this.#typeIndex.get(key);
    if (known !== undefined) return known;
    const index = this.#typeIndex.size;
    this.#typeIndex.set(key, index);
    this.#types.byte(0x60);
    for (const list of [params, results]) {
      this.#types.unsigned(list.length);
      for (const type of list) this.#types.byte(type);
    }
    return index;
  }

  /** Imports a function and returns its index. */
  importFunction(module: string, name: string, type: number): number {
    this.#import(module, name, 0x00);
    this.#imports.unsigned(type);
    return this.#importedFunctions++;
  }

  /** Imports a shared memory; sizes in pages of 64 KiB, within those of the memory given. */
  importSharedMemory(module: string, name: string, initialPages: number, maximumPages: number): void {
    this.#import(module, name, 0x02);
    this.#imports.byte(0x03);
    this.#imports.unsigned(initialPages);
    this.#imports.unsigned(maximumPages);
  }

  /** Imports a table of functions with at least so many entries. */
  importTable(module: string, name: string, initial: number): void {
    this.#import(module, name, 0x01);
    this.#imports.byte(FUNCREF);
    this.#imports.byte(0x00);
    this.#imports.unsigned(initial);
  }

  /** Adds a function and returns its index. */
  function(type: number, code: Code): number {
    this.#functions.unsigned(type);
    const hints = code.writeTo(this.#code);
    const index = this.#importedFunctions + this.#functionCount++;
    if (hints.length > 0) {
      this.#hintedCount++;
      this.#hints.unsigned(index);
      this.#hints.unsigned(hints.length);
      for (const [offset, isLikely] of hints) {
        this.#hints.unsigned(offset);
        this.#hints.byte(1);
        this.#hints.byte(isLikely ? 1 : 0);
      }
    }
    return index;
  }

  exportFunction(name: string, functionIndex: number): void {
    this.#exports.name(name);
    this.#exports.byte(0x00);
    this.#exports.unsigned(functionIndex);
    this.#exportCount++;
  }

  /** When instantiated, puts functions into table 0 from entry `first` on. */
  fillTable(first: number, functions: readonly number[]): void {
    const sink = this.#elements;
    sink.byte(0x00);
    sink.byte(0x41);
    sink.signed(first);
    sink.byte(0x0b);
    sink.unsigned(functions.length);
    for (const index of functions) sink.unsigned(index);
    this.#elementCount++;
  }

  /** The module's bytes. */
  toBytes(): Uint8Array {
    const out = new ByteSink(this.#code.length + 1024);
    out.bytes(Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00));
    const section = (id: number, count: number, body: ByteSink): void => {
      if (count === 0) return;
      const head = new ByteSink(5);
      head.unsigned(count);
      out.byte(id);
      out.unsigned(head.length + body.length);
      out.bytes(head.view());
      out.bytes(body.view());
    };
    section(SECTION.type, this.#typeIndex.size, this.#types);
    section(SECTION.import, this.#importCount, this.#imports);
    section(SECTION.function, this.#functionCount, this.#functions);
    section(SECTION.export, this.#exportCount, this.#exports);
    section(SECTION.element, this.#elementCount, this.#elements);
    if (this.#hintedCount > 0) {
      const name = new ByteSink(32);
      name.name(BRANCH_HINTS);
      name.unsigned(this.#hintedCount);
      out.byte(SECTION.custom);
      out.unsigned(name.length + this.#hints.length);
      out.bytes(name.view());
      out.bytes(this.#hints.view());
    }
    section(SECTION.code, this.#functionCount, this.#code);
    return out.view();
  }

  #import(module: string, name: string, kind: number): void {
    this.#imports.name(module);
    this.#imports.name(name);
    this.#imports.byte(kind);
    this.#importCount++;
  }
}
