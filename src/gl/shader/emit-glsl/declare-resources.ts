/** Declarations of constants, samplers, images, storage buffers, counters and shared memory, and names to reach each. */
import { assert } from '../../../base/assert.ts';
import type {
  AtomicOp,
  AtomicPlace,
  IndexedResource,
  IndexExpression,
  IrImage,
  IrRange,
  IrSampler,
  MemoryLoadExpression,
} from '../ir/ir.ts';
import { ShaderError } from '../shader-error.ts';
import type { ImageFormatRow } from '../tgsi/image-formats.table.ts';
import { imageFormat } from '../tgsi/image-formats.table.ts';
import { TARGET_ROWS } from '../tgsi/targets.table.ts';
import type { Target } from '../tgsi/vocabulary.ts';
import type { Emission, PrintsExpressions } from './emission.ts';
import type {
  AtomicBinding,
  ConstantsBinding,
  ImageBinding,
  SamplerBinding,
  StorageBufferBinding,
  UniformBufferBinding,
} from './shader-interface.ts';
import type { TexelSwizzle } from './variant-key.ts';

type Printer = PrintsExpressions;

/** Resources in groups: ranges that are indexed, and the rest one by one. */
function groups(indices: readonly number[], ranges: readonly IrRange[]): IrRange[] {
  const inRange = (index: number): boolean =>
    ranges.some(({ first, count }) => index >= first && index < first + count);
  const single = indices.filter((index) => !inRange(index)).map((first) => ({ first, count: 1 }));
  return [...ranges, ...single].sort((a, b) => a.first - b.first);
}

const ATOMIC_CALLS: Readonly<Record<AtomicOp, string>> = {
  add: 'Add',
  and: 'And',
  or: 'Or',
  xor: 'Xor',
  min: 'Min',
  max: 'Max',
  exchange: 'Exchange',
  compareExchange: 'CompSwap',
};

/** Declares everything a shader binds. */
export class ResourceDeclarations {
  readonly samplers: SamplerBinding[] = [];
  readonly images: ImageBinding[] = [];
  readonly uniformBuffers: UniformBufferBinding[] = [];
  readonly storageBuffers: StorageBufferBinding[] = [];
  readonly atomics: AtomicBinding[] = [];
  constants: ConstantsBinding | null = null;
  readonly #emission: Emission;
  readonly #prefix: string;
  readonly #explicit: boolean;
  readonly #swizzles: ReadonlyMap<number, TexelSwizzle>;
  readonly #clamped: ReadonlyMap<number, number>;

  constructor(emission: Emission) {
    this.#emission = emission;
    this.#prefix = emission.prefix;
    const { target, key } = emission.settings;
    this.#explicit = target.es ? target.version >= 310 : target.version >= 420;
    this.#swizzles = new Map(key.texelSwizzles);
    this.#clamped = new Map(key.clampedCoordinates);
    this.#declareConstants();
    this.#declareSamplers();
    this.#declareImages();
    this.#declareBuffers();
    this.#declareCounters();
    this.#declareShared();
  }

  #declare(text: string): void {
    this.#emission.globals.push(text);
  }

  #layout(...parts: (string | null)[]): string {
    const shown = parts.filter((part) => part !== null);
    return shown.length === 0 ? '' : `layout(${shown.join(', ')}) `;
  }

  #binding(unit: number): string | null {
    return this.#explicit ? `binding = ${unit}` : null;
  }

  #declareConstants(): void {
    let binding = this.#emission.settings.bindings.uniformBuffers;
    for (const [buffer, count] of [...this.#emission.ir.constants].sort(([a], [b]) => a - b)) {
      if (buffer === 0) {
        const name = `${this.#prefix}_const0`;
        this.#declare(`uniform vec4 ${name}[${count}];`);
        this.constants = { name, count };
        continue;
      }
      const blockName = `${this.#prefix}_U${buffer}`;
      this.#declare(
        `${this.#layout('std140', this.#binding(binding))}uniform ${blockName} { vec4 ${this.#prefix}_ubo${buffer}[${count}]; };`,
      );
      this.uniformBuffers.push({ blockName, index: buffer, binding, sizeBytes: count * 16 });
      binding++;
    }
  }

  /** A constant register. */
  constant(buffer: IndexExpression, index: IndexExpression, printer: Printer): string {
    if (buffer.constant === 0) return `${this.#prefix}_const0[${printer.index(index)}]`;
    if (buffer.constant !== null) return `${this.#prefix}_ubo${buffer.constant}[${printer.index(index)}]`;
    const name = `${this.#prefix}_constant`;
    this.#emission.helpers.need(name, () => {
      const cases = this.uniformBuffers.map(
        ({ index: number }) => `case ${number}: return ${this.#prefix}_ubo${number}[i];`,
      );
      return `vec4 ${name}(int b, int i) { switch (b) { ${cases.join(' ')} } return vec4(0.0); }`;
    });
    return `${name}(${printer.index(buffer)}, ${printer.index(index)})`;
  }

  #needTarget(target: Target): void {
    if (target.includes('1D')) this.#emission.need('texture1d');
    if (target.includes('RECT')) this.#emission.need('rectTexture');
    if (target.includes('MSAA')) this.#emission.need('multisampleTexture');
    if (target === 'BUFFER') this.#emission.need('textureBuffer');
    if (target.includes('CUBEARRAY')) this.#emission.need('textureCubeArray');
  }

  #declareSamplers(): void {
    const { ir, settings } = this.#emission;
    let unit = settings.bindings.samplers;
    const byIndex = new Map<number, IrSampler>(ir.samplers.map((sampler) => [sampler.index, sampler]));
    for (const { first, count } of groups([...byIndex.keys()], ir.samplerRanges)) {
      const sampler = byIndex.get(first);
      assert(sampler !== undefined && sampler.target !== 'UNKNOWN', 'a range of samplers was used');
      this.#needTarget(sampler.target);
      const row = TARGET_ROWS[sampler.target];
      const letter = sampler.returnType === 'SINT' ? 'i' : sampler.returnType === 'UINT' ? 'u' : '';
      const isArray = ir.samplerRanges.some((range) => range.first === first && range.count === count);
      const name = `${this.#prefix}_${isArray ? 'samps' : 'samp'}${first}`;
      if (isArray && count > 1) this.#emission.need('gpuShader5');
      const precision = settings.target.es ? 'highp ' : '';
      this.#declare(
        `${this.#layout(this.#binding(unit))}uniform ${precision}${row.shadow ? '' : letter}sampler${row.glsl} ${name}${isArray ? `[${count}]` : ''};`,
      );
      const { target, returnType } = sampler;
      this.samplers.push({ name, first, count, unit, target, shadow: row.shadow, returnType });
      unit += count;
    }
  }

  #inSamplerRange(index: number): IrRange | undefined {
    return this.#emission.ir.samplerRanges.find(({ first, count }) => index >= first && index < first + count);
  }

  /** A sampler, for a call. */
  sampler(resource: IndexedResource, printer: Printer): string {
    return this.#element(resource, this.#inSamplerRange(resource.first), 'samps', 'samp', printer);
  }

  #element(
    { first, index }: IndexedResource,
    range: IrRange | undefined,
    arrayName: string,
    name: string,
    printer: Printer,
  ): string {
    if (range === undefined) return `${this.#prefix}_${name}${first}`;
    const place = index.constant === null ? printer.index(index) : String(first - range.first + index.constant);
    return `${this.#prefix}_${arrayName}${range.first}[${place}]`;
  }

  /** Directions in which coordinates for a sampler are held to its texture, one bit each. */
  clampedCoordinates(index: number): number {
    return this.#clamped.get(index) ?? 0;
  }

  /** How channels of sampler `index` are to be rearranged; null for not at all. */
  texelSwizzle(index: number): TexelSwizzle | null {
    return this.#swizzles.get(index) ?? null;
  }

  /** What an image is: the format of its declaration, or of what is bound. */
  #imageRow({ index, format }: IrImage): { readonly row: ImageFormatRow | null; readonly format: string } {
    if (format !== 'NONE') {
      const row = imageFormat(format);
      if (row === null) throw new ShaderError('unsupported', 0, `images cannot have the format ${format}`);
      return { row, format };
    }
    const bound = this.#emission.settings.key.imageFormats.find(([image]) => image === index)?.[1] ?? 'NONE';
    return { row: imageFormat(bound), format: bound };
  }

  #declareImages(): void {
    const { ir, settings } = this.#emission;
    let unit = settings.bindings.images;
    const byIndex = new Map(ir.images.map((image) => [image.index, image]));
    for (const { first, count } of groups([...byIndex.keys()], ir.imageRanges)) {
      const image = byIndex.get(first);
      assert(image !== undefined && image.target !== 'UNKNOWN', 'a range of images was used');
      const all = Array.from({ length: count }, (_, i) => byIndex.get(first + i) ?? image);
      const some = (test: (each: IrImage) => boolean): boolean => all.some(test);
      this.#emission.need('images');
      this.#needTarget(image.target);
      const { row, format } = this.#imageRow(image);
      const reads = some(({ loads, atomics }) => loads || atomics);
      const writes = some(({ stores, atomics }) => stores || atomics);
      if (some(({ atomics }) => atomics)) this.#emission.need('imageAtomic');
      const access = writes ? (reads ? 'readwrite' : 'writeonly') : 'readonly';
      // What is only written needs no format, and one that differs from the bound image's would spoil the writes.
      const isDeclared = image.format !== 'NONE';
      const needsFormat = isDeclared || access !== 'writeonly' || settings.target.es;
      const qualifier = needsFormat ? (row?.glsl ?? 'rgba32f') : null;
      const isArray = ir.imageRanges.some((range) => range.first === first && range.count === count);
      const name = `${this.#prefix}_${isArray ? 'imgs' : 'img'}${first}`;
      const base = row?.base ?? 'f32';
      const words = [
        some(({ coherent }) => coherent) ? 'coherent ' : '',
        some(({ isVolatile }) => isVolatile) ? 'volatile ' : '',
        access === 'readwrite' ? '' : `${access} `,
      ];
      const letter = base === 'i32' ? 'i' : base === 'u32' ? 'u' : '';
      this.#declare(
        `${this.#layout(qualifier, this.#binding(unit))}${words.join('')}uniform ${settings.target.es ? 'highp ' : ''}${letter}image${TARGET_ROWS[image.target].glsl} ${name}${isArray ? `[${count}]` : ''};`,
      );
      this.images.push({ name, first, count, unit, target: image.target, format, access });
      unit += count;
    }
  }

  /** Kind of an image's components. */
  imageBase(resource: IndexedResource): 'f32' | 'i32' | 'u32' {
    const image = this.#emission.ir.images.find(({ index }) => index === resource.first);
    assert(image !== undefined, 'the image is used');
    return this.#imageRow(image).row?.base ?? 'f32';
  }

  /** An image, for a call. */
  image(resource: IndexedResource, printer: Printer): string {
    const range = this.#emission.ir.imageRanges.find(
      ({ first, count }) => resource.first >= first && resource.first < first + count,
    );
    return this.#element(resource, range, 'imgs', 'img', printer);
  }

  #declareBuffers(): void {
    const { ir, settings } = this.#emission;
    let binding = settings.bindings.storageBuffers;
    const byIndex = new Map(ir.buffers.map((buffer) => [buffer.index, buffer]));
    for (const { first, count } of groups([...byIndex.keys()], ir.bufferRanges)) {
      this.#emission.need('storageBuffers');
      const all = Array.from({ length: count }, (_, i) => byIndex.get(first + i)).filter((each) => each !== undefined);
      const words = [
        all.some(({ coherent }) => coherent) ? 'coherent ' : '',
        all.some(({ isVolatile }) => isVolatile) ? 'volatile ' : '',
      ].join('');
      const isArray = ir.bufferRanges.some((range) => range.first === first && range.count === count);
      if (isArray) this.#emission.need('gpuShader5');
      const blockName = `${this.#prefix}_B${first}`;
      const layout = this.#layout('std430', this.#binding(binding));
      const instance = isArray ? `${this.#prefix}_bufs${first}[${count}]` : `${this.#prefix}_buf${first}`;
      this.#declare(`${layout}${words}buffer ${blockName} { uint w[]; } ${instance};`);
      for (let i = 0; i < count; i++) {
        this.storageBuffers.push({
          blockName: isArray ? `${blockName}[${i}]` : blockName,
          index: first - ir.firstBuffer + i,
          binding: binding + i,
        });
      }
      binding += count;
    }
  }

  #declareCounters(): void {
    const sizes = new Map<number, number>();
    for (const { binding, first, count } of this.#emission.ir.counters) {
      this.#emission.need('atomicCounters');
      this.#declare(
        `layout(binding = ${binding}, offset = ${first * 4}) uniform atomic_uint ${this.#prefix}_ac${binding}_${first}[${count}];`,
      );
      sizes.set(binding, Math.max(sizes.get(binding) ?? 0, (first + count) * 4));
    }
    for (const [binding, sizeBytes] of sizes) this.atomics.push({ binding, sizeBytes });
  }

  #declareShared(): void {
    const { ir, settings } = this.#emission;
    if (!ir.usesSharedMemory) return;
    const words = Math.ceil(settings.sharedBytes / 4);
    if (words === 0) throw new ShaderError('range', 0, 'the shader uses shared memory but has none');
    this.#declare(`shared uint ${this.#prefix}_shared[${words}];`);
  }

  /** An array of 32-bit words: a storage buffer's or shared memory. */
  #words(buffer: IndexedResource | null, printer: Printer): { readonly array: string; readonly length: string } {
    if (buffer === null) {
      return { array: `${this.#prefix}_shared`, length: `${Math.ceil(this.#emission.settings.sharedBytes / 4)}u` };
    }
    const { bufferRanges } = this.#emission.ir;
    const range = bufferRanges.find(({ first, count }) => buffer.first >= first && buffer.first < first + count);
    const array = `${this.#element(buffer, range, 'bufs', 'buf', printer)}.w`;
    return { array, length: `uint(${array}.length())` };
  }

  /** Words in a storage buffer, int. */
  bufferLength(buffer: IndexedResource, printer: Printer): string {
    return `${this.#words(buffer, printer).array}.length()`;
  }

  /** The host itself keeps storage buffers' accesses inside; shared memory is kept inside here. */
  #checked(buffer: IndexedResource | null): boolean {
    return buffer === null || !this.#emission.settings.target.robustBuffers;
  }

  /** Words of memory as a vector; words outside read as 0. */
  memoryLoad({ buffer, word, lanes }: MemoryLoadExpression, printer: Printer): string {
    const dynamic = buffer !== null && buffer.index.constant === null ? buffer : null;
    const inside: IndexedResource | null =
      dynamic === null ? buffer : { ...dynamic, index: { constant: null, dynamic: null } };
    const key = buffer === null ? 'm' : `${dynamic === null ? 'b' : 'ba'}${buffer.first}`;
    const name = `load_${key}_${lanes.join('')}`;
    this.#emission.helpers.need(name, () => {
      const { array, length } = this.#words(inside, {
        print: (expression) => printer.print(expression),
        index: (i) => (i.constant === null ? 'n' : String(i.constant)),
      });
      const parts = lanes.map((lane) => {
        const at = lane === 0 ? 'w' : `w + ${lane}u`;
        return this.#checked(buffer) ? `(${at} < ${length} ? ${array}[${at}] : 0u)` : `${array}[${at}]`;
      });
      const type = lanes.length === 1 ? 'uint' : `uvec${lanes.length}`;
      const parameters = dynamic === null ? 'uint w' : 'int n, uint w';
      return `${type} ${name}(${parameters}) { return ${type}(${parts.join(', ')}); }`;
    });
    const args = [...(dynamic === null ? [] : [printer.index(dynamic.index)]), printer.print(word)];
    return `${name}(${args.join(', ')})`;
  }

  /** Statements that store words; `word` is a uint variable, `parts` the values, one for each lane. */
  memoryStore(
    buffer: IndexedResource | null,
    word: string,
    lanes: readonly number[],
    parts: readonly string[],
    printer: Printer,
  ): string[] {
    const { array, length } = this.#words(buffer, printer);
    return lanes.map((lane, i) => {
      const at = lane === 0 ? word : `${word} + ${lane}u`;
      const store = `${array}[${at}] = ${parts[i]};`;
      return this.#checked(buffer) ? `if (${at} < ${length}) ${store}` : store;
    });
  }

  /** An atomic as a uint (or int, for signed minimum and maximum) expression; `word` is a uint variable for memory. */
  atomic(
    op: AtomicOp | null,
    isSigned: boolean,
    place: AtomicPlace,
    word: string,
    args: readonly string[],
    printer: Printer,
  ): string {
    if (place.kind === 'counter') return this.#counterCall(op, place, args, printer);
    assert(op !== null, 'only counters are read by atomics');
    const call = ATOMIC_CALLS[op];
    if (place.kind === 'image') {
      const base = this.imageBase(place.image);
      const cast = (arg: string): string =>
        base === 'i32' ? `int(${arg})` : base === 'f32' ? `uintBitsToFloat(uint(${arg}))` : `uint(${arg})`;
      const sample = place.sample === null ? [] : [printer.print(place.sample)];
      const list = [this.image(place.image, printer), printer.print(place.coordinate), ...sample, ...args.map(cast)];
      const text = `imageAtomic${call}(${list.join(', ')})`;
      const bits = base === 'f32' ? `floatBitsToUint(${text})` : text;
      return isSigned ? `int(${bits})` : `uint(${bits})`;
    }
    const { array, length } = this.#words(place.buffer, printer);
    const target = `${array}[${word}]`;
    const text =
      isSigned && (op === 'min' || op === 'max')
        ? this.#signedExtreme(op, place.buffer, word, args[0] ?? '0', printer)
        : `atomic${call}(${[target, ...args].join(', ')})`;
    return this.#checked(place.buffer) ? `(${word} < ${length} ? ${text} : ${isSigned ? '0' : '0u'})` : text;
  }

  /** Memory is declared as uint: a signed minimum is tried until nobody interferes. */
  #signedExtreme(
    op: 'min' | 'max',
    buffer: IndexedResource | null,
    word: string,
    arg: string,
    printer: Printer,
  ): string {
    const dynamic = buffer !== null && buffer.index.constant === null ? buffer : null;
    const inside: IndexedResource | null =
      dynamic === null ? buffer : { ...dynamic, index: { constant: null, dynamic: null } };
    const key = buffer === null ? 'm' : `${dynamic === null ? 'b' : 'ba'}${buffer.first}`;
    const name = `signed_${op}_${key}`;
    this.#emission.helpers.need(name, () => {
      const { array } = this.#words(inside, {
        print: (expression) => printer.print(expression),
        index: (i) => (i.constant === null ? 'n' : String(i.constant)),
      });
      const parameters = dynamic === null ? 'uint w, int v' : 'int n, uint w, int v';
      return `int ${name}(${parameters}) { uint old = ${array}[w]; for (;;) { uint next = uint(${op}(int(old), v)); uint was = atomicCompSwap(${array}[w], old, next); if (was == old) return int(old); old = was; } return 0; }`;
    });
    return `${name}(${[...(dynamic === null ? [] : [printer.index(dynamic.index)]), word, arg].join(', ')})`;
  }

  #counterCall(
    op: AtomicOp | null,
    place: Extract<AtomicPlace, { readonly kind: 'counter' }>,
    args: readonly string[],
    printer: Printer,
  ): string {
    const counter = `${this.#prefix}_ac${place.binding}_${place.first}[${printer.index(place.index)}]`;
    if (op === null) return `atomicCounter(${counter})`;
    const [arg = '0u'] = args;
    if (op === 'add' && arg === '1u') return `atomicCounterIncrement(${counter})`;
    if (op === 'add' && arg === '4294967295u') return `(atomicCounterDecrement(${counter}) + 1u)`;
    this.#emission.need('atomicCounterOps');
    const { target } = this.#emission.settings;
    const suffix = target.version >= 460 && !target.es ? '' : 'ARB';
    return `atomicCounter${ATOMIC_CALLS[op]}${suffix}(${[counter, ...args].join(', ')})`;
  }
}
