/** IR statements as lines of GLSL. */
import { assert } from '../../../base/assert.ts';
import type {
  AtomicExpression,
  Block,
  Expression,
  Lanes,
  MemoryBarrierMask,
  SetStatement,
  Statement,
} from '../ir/ir.ts';
import type { ResourceDeclarations } from './declare-resources.ts';
import type { OutputDeclarations } from './declare-outputs.ts';
import type { Emission, Place } from './emission.ts';
import type { ExpressionPrinter } from './expression-printer.ts';
import { laneSuffix } from './glsl-names.ts';

const TO_FLOAT = { f32: '', i32: 'intBitsToFloat', u32: 'uintBitsToFloat' } as const;
const TO_INT = { f32: 'floatBitsToInt', i32: '', u32: 'int' } as const;
const FROM_FLOAT = { f32: '', i32: 'floatBitsToInt', u32: 'floatBitsToUint' } as const;

/** Writes statements; the owner collects the lines. */
export class StatementPrinter {
  readonly lines: string[] = [];
  readonly #emission: Emission;
  readonly #expressions: ExpressionPrinter;
  readonly #resources: ResourceDeclarations;
  readonly #outputs: OutputDeclarations;
  #depth = 1;

  constructor(
    emission: Emission,
    expressions: ExpressionPrinter,
    resources: ResourceDeclarations,
    outputs: OutputDeclarations,
  ) {
    this.#emission = emission;
    this.#expressions = expressions;
    this.#resources = resources;
    this.#outputs = outputs;
  }

  #line(text: string): void {
    this.lines.push('  '.repeat(this.#depth) + text);
  }

  #nested(head: string, body: Block): void {
    this.#line(`${head} {`);
    this.#depth++;
    this.block(body);
    this.#depth--;
  }

  /** Writes a block's statements. */
  block(block: Block): void {
    for (const statement of block) this.#statement(statement);
  }

  #statement(statement: Statement): void {
    switch (statement.kind) {
      case 'set':
        this.#set(statement);
        return;
      case 'if':
        this.#nested(`if (${this.#expressions.print(statement.condition)})`, statement.whenTrue);
        if (statement.whenFalse.length > 0) this.#nested('} else', statement.whenFalse);
        this.#line('}');
        return;
      case 'loop':
        this.#nested('for (;;)', statement.body);
        this.#line('}');
        return;
      case 'switch':
        this.#line(`switch (${this.#expressions.print(statement.selector)}) {`);
        for (const { label, body } of statement.cases) {
          this.#line(
            label === null ? 'default:' : `case ${label >>> 0 > 0x7fffffff ? `int(${label >>> 0}u)` : label}:`,
          );
          this.#depth++;
          this.block(body);
          this.#depth--;
        }
        // A label must stand before a statement.
        this.#line('  break;');
        this.#line('}');
        return;
      case 'break':
      case 'continue':
      case 'return':
        this.#line(`${statement.kind};`);
        return;
      case 'barrier':
        this.#line('barrier();');
        return;
      case 'call':
        this.#line(`routine${statement.routine}();`);
        return;
      case 'discard':
        this.#line(
          statement.condition === null ? 'discard;' : `if (${this.#expressions.print(statement.condition)}) discard;`,
        );
        return;
      case 'emitVertex':
        this.#line('writeOutputs();');
        this.#line(this.#stream('EmitVertex', 'EmitStreamVertex', statement.stream));
        return;
      case 'endPrimitive':
        this.#line(this.#stream('EndPrimitive', 'EndStreamPrimitive', statement.stream));
        return;
      case 'memoryBarrier':
        this.#memoryBarrier(statement.mask);
        return;
      case 'imageStore':
        this.#imageStore(statement);
        return;
      case 'memoryStore':
        this.#memoryStore(statement);
    }
  }

  #stream(plain: string, streamed: string, stream: number): string {
    if (stream === 0) return `${plain}();`;
    this.#emission.need('gpuShader5');
    return `${streamed}(${stream});`;
  }

  #memoryBarrier({ buffers, counters, images, shared, group }: MemoryBarrierMask): void {
    const isCompute = this.#emission.ir.stage === 'COMP';
    this.#emission.need('images');
    if (group && isCompute) this.#line('groupMemoryBarrier();');
    else if ((buffers && counters && images) || (group && !isCompute)) this.#line('memoryBarrier();');
    else {
      if (buffers) this.#line('memoryBarrierBuffer();');
      if (counters) this.#line('memoryBarrierAtomicCounter();');
      if (images) this.#line('memoryBarrierImage();');
      if (shared && isCompute) this.#line('memoryBarrierShared();');
    }
  }

  #imageStore({ image, coordinate, sample, value }: Extract<Statement, { readonly kind: 'imageStore' }>): void {
    const base = this.#resources.imageBase(image);
    const text = this.#expressions.print(value);
    const args = [this.#resources.image(image, this.#expressions), this.#expressions.print(coordinate)];
    if (sample !== null) args.push(this.#expressions.print(sample));
    args.push(base === 'f32' ? text : `${FROM_FLOAT[base]}(${text})`);
    this.#line(`imageStore(${args.join(', ')});`);
  }

  #memoryStore({ buffer, word, lanes, value }: Extract<Statement, { readonly kind: 'memoryStore' }>): void {
    const { width } = value.type;
    const type = width === 1 ? 'uint' : `uvec${width}`;
    const parts = lanes.map((_, i) => (width === 1 ? 'v' : `v.${'xyzw'[i]}`));
    const stores = this.#resources.memoryStore(buffer, 'w', lanes, parts, this.#expressions);
    this.#line(
      `{ uint w = ${this.#expressions.print(word)}; ${type} v = ${this.#expressions.print(value)}; ${stores.join(' ')} }`,
    );
  }

  /** The value as float bits of as many components as are written. */
  #bits(value: Expression, lanes: Lanes, isAddress: boolean): string {
    const { base, width } = value.type;
    assert(base === 'f32' || base === 'i32' || base === 'u32', 'registers hold 32-bit components');
    assert(width === 1 || width === lanes.length, 'a value fills what is written');
    const text = value.kind === 'atomic' ? 'v' : this.#expressions.print(value);
    const cast = isAddress ? (base === 'u32' && width > 1 ? `ivec${width}` : TO_INT[base]) : TO_FLOAT[base];
    const bits = cast === '' ? text : `${cast}(${text})`;
    if (width === lanes.length) return bits;
    return `${isAddress ? 'ivec' : 'vec'}${lanes.length}(${bits})`;
  }

  #set(statement: SetStatement): void {
    const { value } = statement;
    if (value.kind !== 'atomic') {
      this.#line(this.#assign(statement));
      return;
    }
    this.#line(`{ ${this.#atomic(value)} ${this.#assign(statement)} }`);
  }

  /** Runs an atomic and keeps what it gives in `v`. */
  #atomic({ op, place, args, type }: AtomicExpression): string {
    const isSigned = type.base === 'i32';
    const texts = args.map((arg) => this.#expressions.print(arg));
    const word = place.kind === 'memory' ? `uint w = ${this.#expressions.print(place.word)}; ` : '';
    const call = this.#resources.atomic(op, isSigned, place, 'w', texts, this.#expressions);
    return `${word}${isSigned ? 'int' : 'uint'} v = ${call};`;
  }

  #assign({ register, lanes, value }: SetStatement): string {
    const bits = this.#bits(value, lanes, register.file === 'address');
    const suffix = laneSuffix(lanes);
    if (register.file === 'address') return `a${register.index}${suffix} = ${bits};`;
    if (register.file === 'temp') return `t${register.index}${suffix} = ${bits};`;
    if (register.file === 'tempArray') {
      return `${this.#emission.arrayElement(register.first, this.#expressions.index(register.index), lanes)} = ${bits};`;
    }
    assert(register.file === 'output', `${register.file} cannot be written`);
    const places = this.#outputs.places(register, this.#expressions);
    const [only] = places;
    if (places.length === 1 && only !== undefined) return this.#assignPlace(only, lanes, bits);
    const cases = places.map((place, i) => `case ${i}: ${this.#assignPlace(place, lanes, 'o')} break;`);
    const type = lanes.length === 1 ? 'float' : `vec${lanes.length}`;
    return `{ ${type} o = ${bits}; switch (${this.#expressions.index(register.index)}) { ${cases.join(' ')} } }`;
  }

  #assignPlace(place: Place, lanes: Lanes, bits: string): string {
    if (place.kind === 'vector') return `${place.text}${laneSuffix(lanes)} = ${bits};`;
    const [lane] = lanes;
    const target = lane === undefined ? undefined : place.texts[lane];
    if (lanes.length === 1) return target === undefined || target === '' ? ';' : `${target} = ${bits};`;
    const parts = lanes.map((each, i) => {
      const text = place.texts[each] ?? '';
      return text === '' ? '' : ` ${text} = p.${'xyzw'[i]};`;
    });
    return `{ vec${lanes.length} p = ${bits};${parts.join('')} }`;
  }
}
