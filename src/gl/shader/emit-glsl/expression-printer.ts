/** IR expressions as GLSL. Every operation is in brackets of its own, so that none depends on precedence. */
import { assert } from '../../../base/assert.ts';
import type {
  ConstantExpression,
  ConvertExpression,
  Expression,
  IndexExpression,
  LoadExpression,
  OperationExpression,
  SystemValue,
  Type,
} from '../ir/ir.ts';
import { ShaderError } from '../shader-error.ts';
import type { Emission, Place } from './emission.ts';
import { laneSuffix, typeName } from './glsl-names.ts';
import type { ResourceDeclarations } from './declare-resources.ts';
import { printTexture } from './print-texture.ts';
import type { InputDeclarations } from './declare-inputs.ts';
import type { OutputDeclarations } from './declare-outputs.ts';

const words = new DataView(new ArrayBuffer(4));

/** A float32 as a literal that reads back to the same bits; null for those decimals cannot say safely. */
function floatLiteral(bits: number): string | null {
  words.setUint32(0, bits);
  const value = words.getFloat32(0);
  const magnitude = Math.abs(value);
  if (!Number.isFinite(value) || (magnitude !== 0 && magnitude < 1.2e-38) || Object.is(value, -0)) return null;
  let text = String(value);
  for (let digits = 6; digits <= 9; digits++) {
    const shorter = String(Number(value.toPrecision(digits)));
    if (Math.fround(Number(shorter)) === value) {
      text = shorter;
      break;
    }
  }
  return /[.e]/.test(text) ? text : `${text}.0`;
}

const hex = (word: number): string => `0x${word.toString(16)}`;

function intLiteral(word: number): string {
  const value = word | 0;
  return value === -0x80000000 ? '0x80000000' : String(value);
}

/** Conversion of bits between 32-bit types: what is written around the value. */
const BIT_CASTS: Readonly<Record<string, string>> = {
  'f32 i32': 'floatBitsToInt',
  'f32 u32': 'floatBitsToUint',
  'i32 f32': 'intBitsToFloat',
  'u32 f32': 'uintBitsToFloat',
};

const FUNCTIONS: Readonly<Record<string, string>> = {
  abs: 'abs',
  sign: 'sign',
  floor: 'floor',
  ceil: 'ceil',
  trunc: 'trunc',
  roundEven: 'roundEven',
  fract: 'fract',
  rsqrt: 'inversesqrt',
  sqrt: 'sqrt',
  exp2: 'exp2',
  log2: 'log2',
  sin: 'sin',
  cos: 'cos',
  bitReverse: 'bitfieldReverse',
  bitCount: 'bitCount',
  findLsb: 'findLSB',
  findMsb: 'findMSB',
  packHalf: 'packHalf2x16',
  unpackHalf: 'unpackHalf2x16',
  ddx: 'dFdx',
  ddy: 'dFdy',
  ddxFine: 'dFdxFine',
  ddyFine: 'dFdyFine',
  any: 'any',
  min: 'min',
  max: 'max',
  pow: 'pow',
  fma: 'fma',
};

const INFIX: Readonly<Record<string, string>> = { add: '+', sub: '-', mul: '*', div: '/', and: '&', or: '|', xor: '^' };

const SCALAR_COMPARISONS: Readonly<Record<string, string>> = {
  lt: '<',
  le: '<=',
  gt: '>',
  ge: '>=',
  eq: '==',
  ne: '!=',
};
const VECTOR_COMPARISONS: Readonly<Record<string, string>> = {
  lt: 'lessThan',
  le: 'lessThanEqual',
  gt: 'greaterThan',
  ge: 'greaterThanEqual',
  eq: 'equal',
  ne: 'notEqual',
};

const BIT_OPERATIONS: ReadonlySet<string> = new Set([
  'bitReverse',
  'bitCount',
  'findLsb',
  'findMsb',
  'mulHigh',
  'bitExtract',
  'bitInsert',
  'fma',
]);

/** GLSL of each pipeline value as the IR types it. */
const SYSTEM_VALUES: Partial<Readonly<Record<SystemValue, string>>> = {
  INSTANCEID: 'gl_InstanceID',
  VERTEXID: 'gl_VertexID',
  INVOCATIONID: 'gl_InvocationID',
  VERTICESIN: 'gl_PatchVerticesIn',
  SAMPLEID: 'gl_SampleID',
  SAMPLEPOS: 'gl_SamplePosition',
  SAMPLEMASK: 'gl_SampleMaskIn[0]',
  TESSCOORD: 'gl_TessCoord',
  THREAD_ID: 'gl_LocalInvocationID',
  BLOCK_ID: 'gl_WorkGroupID',
  GRID_SIZE: 'gl_NumWorkGroups',
  POSITION: 'gl_FragCoord',
  LAYER: 'gl_Layer',
  VIEWPORT_INDEX: 'gl_ViewportIndex',
  PCOORD: 'vec4(gl_PointCoord, 0.0, 1.0)',
  FACE: '(-int(gl_FrontFacing))',
  HELPER_INVOCATION: '(-int(gl_HelperInvocation))',
  TESSOUTER: 'vec4(gl_TessLevelOuter[0], gl_TessLevelOuter[1], gl_TessLevelOuter[2], gl_TessLevelOuter[3])',
  TESSINNER: 'vec2(gl_TessLevelInner[0], gl_TessLevelInner[1])',
};

/** Writes expressions of one shader. */
export class ExpressionPrinter {
  readonly #emission: Emission;
  readonly #resources: ResourceDeclarations;
  readonly #inputs: InputDeclarations;
  readonly #outputs: OutputDeclarations;

  constructor(
    emission: Emission,
    resources: ResourceDeclarations,
    inputs: InputDeclarations,
    outputs: OutputDeclarations,
  ) {
    this.#emission = emission;
    this.#resources = resources;
    this.#inputs = inputs;
    this.#outputs = outputs;
  }

  /** An index as GLSL. */
  index({ constant, dynamic }: IndexExpression): string {
    if (constant !== null) return String(constant);
    assert(dynamic !== null, 'an index has a place');
    return this.print(dynamic);
  }

  /** The expression as GLSL of its own type. */
  print(expression: Expression): string {
    switch (expression.kind) {
      case 'constant':
        return this.#constant(expression);
      case 'load':
        return this.#load(expression);
      case 'system':
        return this.#system(expression.value);
      case 'operation':
        return this.#operation(expression);
      case 'convert':
        return this.#convert(expression);
      case 'swizzle':
        return `${this.print(expression.arg)}${this.#lanes(expression.arg.type, expression.lanes)}`;
      case 'construct':
        return `${typeName(expression.type)}(${expression.parts.map((part) => this.print(part)).join(', ')})`;
      case 'texture':
        return printTexture(expression, this.#emission, this.#resources, this);
      case 'imageLoad': {
        const { coordinate, sample, image } = expression;
        const base = this.#resources.imageBase(image);
        const extra = sample === null ? '' : `, ${this.print(sample)}`;
        const texel = `imageLoad(${this.#resources.image(image, this)}, ${this.print(coordinate)}${extra})`;
        return base === 'f32' ? texel : `${BIT_CASTS[`${base} f32`]}(${texel})`;
      }
      case 'imageSize':
        this.#emission.need('imageSize');
        return `imageSize(${this.#resources.image(expression.resource, this)})`;
      case 'imageSamples':
        this.#emission.need('imageSamples');
        return `imageSamples(${this.#resources.image(expression.resource, this)})`;
      case 'bufferSize':
        return `(${this.#resources.bufferLength(expression.resource, this)} * 4)`;
      case 'memoryLoad':
        return this.#resources.memoryLoad(expression, this);
      case 'interpolate':
        return this.#interpolate(expression);
      case 'framebuffer':
        return `${this.#outputs.framebufferColor(expression.color)}${laneSuffix(expression.lanes)}`;
      case 'clock':
        this.#emission.need('shaderClock');
        return 'clock2x32ARB()';
      case 'atomic':
        break;
    }
    throw new ShaderError('type', 0, 'an atomic stands alone');
  }

  #lanes(type: Type, lanes: readonly number[]): string {
    return type.width === lanes.length && lanes.every((lane, i) => lane === i) ? '' : laneSuffix4(lanes);
  }

  #constant({ type, words: bits }: ConstantExpression): string {
    const { base, width } = type;
    const [low = 0, high = 0] = bits;
    if (base === 'f64') {
      this.#emission.need('float64');
      return `packDouble2x32(uvec2(${hex(low)}u, ${hex(high)}u))`;
    }
    if (base === 'i64' || base === 'u64') {
      this.#emission.need('int64');
      const value = `packUint2x32(uvec2(${hex(low)}u, ${hex(high)}u))`;
      return base === 'i64' ? `int64_t(${value})` : value;
    }
    const same = bits.every((word) => word === low);
    const shown = same ? [low] : bits;
    if (base === 'f32') {
      const literals = shown.map(floatLiteral);
      if (literals.includes(null)) {
        const uints = shown.map((word) => `${hex(word)}u`).join(', ');
        return `uintBitsToFloat(${width === 1 ? uints : `${typeName({ base: 'u32', width })}(${uints})`})`;
      }
      return width === 1 ? (literals[0] ?? '0.0') : `${typeName(type)}(${literals.join(', ')})`;
    }
    if (base === 'bool')
      return width === 1 ? String(low !== 0) : `${typeName(type)}(${shown.map((word) => word !== 0).join(', ')})`;
    const literals = shown.map((word) => (base === 'i32' ? intLiteral(word) : `${word}u`));
    return width === 1 ? (literals[0] ?? '0') : `${typeName(type)}(${literals.join(', ')})`;
  }

  /** A place read as float components. */
  readPlace(place: Place, lanes: readonly number[]): string {
    if (place.kind === 'vector') return `${place.text}${laneSuffix(lanes)}`;
    const parts = lanes.map((lane) => {
      const text = place.texts[lane] ?? '';
      if (text === '') return '0.0';
      return place.isInt ? `intBitsToFloat(${text})` : text;
    });
    return parts.length === 1 ? (parts[0] ?? '0.0') : `vec${parts.length}(${parts.join(', ')})`;
  }

  #load({ register, lanes, type }: LoadExpression): string {
    if (register.file === 'address') {
      const text = `a${register.index}${laneSuffix(lanes)}`;
      return this.#cast('i32', type, text);
    }
    return this.#cast('f32', type, this.#readFloats(register, lanes));
  }

  #readFloats(
    register: Exclude<LoadExpression['register'], { readonly file: 'address' }>,
    lanes: readonly number[],
  ): string {
    switch (register.file) {
      case 'temp':
        return `t${register.index}${laneSuffix(lanes)}`;
      case 'tempArray':
        return this.#emission.arrayElement(register.first, this.index(register.index), lanes);
      case 'constant':
        return `${this.#resources.constant(register.buffer, register.index, this)}${laneSuffix(lanes)}`;
      case 'input':
        return this.readPlace(this.#inputs.place(register, this), lanes);
      case 'output':
        break;
    }
    return this.readPlace(this.#outputs.readPlace(register, this), lanes);
  }

  /** Bits of one 32-bit type as another. */
  #cast(from: 'f32' | 'i32' | 'u32', { base, width }: Type, text: string): string {
    if (base === from) return text;
    const call = BIT_CASTS[`${from} ${base}`] ?? typeName({ base, width });
    return `${call}(${text})`;
  }

  #convert({ how, type, arg }: ConvertExpression): string {
    const text = this.print(arg);
    const from = arg.type.base;
    const to = type.base;
    if (from === 'f64' || to === 'f64') this.#emission.need('float64');
    if (from === 'i64' || from === 'u64' || to === 'i64' || to === 'u64') this.#emission.need('int64');
    if (how === 'value') return `${typeName(type)}(${text})`;
    if (to === 'f64') return `packDouble2x32(${text})`;
    if (to === 'u64') return `packUint2x32(${text})`;
    if (to === 'i64') return `int64_t(packUint2x32(${text}))`;
    if (from === 'f64') return `unpackDouble2x32(${text})`;
    if (from === 'u64') return `unpackUint2x32(${text})`;
    if (from === 'i64') return `unpackUint2x32(uint64_t(${text}))`;
    assert(from === 'f32' || from === 'i32' || from === 'u32', 'bits are of a 32-bit type');
    return this.#cast(from, type, text);
  }

  #system(value: SystemValue): string {
    const { ir, settings } = this.#emission;
    const name: string = value;
    switch (name) {
      case 'PRIM_ID':
        return ir.stage === 'GEOM' ? 'gl_PrimitiveIDIn' : 'gl_PrimitiveID';
      case 'VERTEXID_NOBASE':
        return `(gl_VertexID - ${this.#drawParameter('BaseVertex')})`;
      case 'BASEVERTEX':
        return this.#drawParameter('BaseVertex');
      case 'BASEINSTANCE':
        return this.#drawParameter('BaseInstance');
      case 'DRAWID':
        this.#emission.usesDrawId = true;
        return `(${this.#drawParameter('DrawID')} + ${this.#emission.system('drawIdBase')})`;
      case 'BLOCK_SIZE':
        if (ir.properties.has('CS_FIXED_BLOCK_WIDTH')) return 'gl_WorkGroupSize';
        this.#emission.need('variableGroupSize');
        return 'gl_LocalGroupSizeARB';
      case 'SAMPLEID':
      case 'SAMPLEPOS':
        this.#emission.need('perSample');
        this.#emission.usesSampleShading = true;
        break;
      case 'SAMPLEMASK':
        this.#emission.need('perSample');
        this.#emission.need('gpuShader5');
        break;
      case 'INVOCATIONID':
        if (ir.stage === 'GEOM') this.#emission.need('gpuShader5');
        break;
      case 'HELPER_INVOCATION':
        this.#emission.need('helperInvocation');
        break;
      case 'LAYER':
        this.#emission.need('layerInput');
        break;
      case 'VIEWPORT_INDEX':
        this.#emission.need('viewportIndexInput');
        break;
      default:
    }
    const text = SYSTEM_VALUES[value];
    if (text === undefined) {
      throw new ShaderError('unsupported', 0, `GLSL ${settings.target.version} has no system value ${value}`);
    }
    return text;
  }

  #drawParameter(name: string): string {
    const { target } = this.#emission.settings;
    this.#emission.need('drawParameters');
    return target.version >= 460 && !target.es ? `gl_${name}` : `gl_${name}ARB`;
  }

  #interpolate({ register, lanes, where, arg }: Extract<Expression, { readonly kind: 'interpolate' }>): string {
    const varying = this.#inputs.varying(register);
    if (varying === null) {
      const place = this.#inputs.place(
        { file: 'input', first: register, count: 1, index: { constant: 0, dynamic: null }, vertex: null },
        this,
      );
      return this.readPlace(place, lanes);
    }
    this.#emission.need('gpuShader5');
    const call = { centroid: 'interpolateAtCentroid', sample: 'interpolateAtSample', offset: 'interpolateAtOffset' }[
      where
    ];
    const extra = arg === null ? '' : `, ${this.print(arg)}`;
    return `${call}(${varying}${extra})${laneSuffix(lanes)}`;
  }

  #shift(op: 'shl' | 'shr', type: Type, value: string, by: Expression): string {
    const sign = op === 'shl' ? '<<' : '>>';
    const mask = type.base === 'i64' || type.base === 'u64' ? 63 : 31;
    if (by.kind === 'constant') {
      const masked: ConstantExpression = { ...by, words: by.words.map((word) => word & mask) };
      return `(${value} ${sign} ${this.print(masked)})`;
    }
    return `(${value} ${sign} (${this.print(by)} & ${mask}u))`;
  }

  #operation({ op, type, args }: OperationExpression): string {
    const [first] = args;
    assert(first !== undefined, `${op} has operands`);
    if (BIT_OPERATIONS.has(op)) this.#emission.need('gpuShader5');
    if (op === 'packHalf' || op === 'unpackHalf') this.#emission.need('packHalf');
    if (type.base === 'f64' || first.type.base === 'f64') this.#emission.need('float64');
    const shift = args[1];
    if (op === 'shl' || op === 'shr') {
      assert(shift !== undefined, 'a shift has two operands');
      return this.#shift(op, type, this.print(first), shift);
    }
    const texts = args.map((arg) => this.print(arg));
    const [a = '', b = '', c = ''] = texts;
    const list = texts.join(', ');
    const isInteger = type.base !== 'f32' && type.base !== 'f64';
    const comparison = SCALAR_COMPARISONS[op];
    if (comparison !== undefined) {
      return first.type.width === 1 ? `(${a} ${comparison} ${b})` : `${VECTOR_COMPARISONS[op]}(${list})`;
    }
    const name: string = op;
    switch (name) {
      case 'neg':
        return `(-(${a}))`;
      case 'not':
        return `(~${a})`;
      case 'saturate':
        return `clamp(${a}, 0.0, 1.0)`;
      case 'rcp':
        return `(1.0 / ${a})`;
      case 'dot':
        return first.type.width === 1 ? `(${a} * ${b})` : `dot(${list})`;
      case 'select':
        return type.width === 1 ? `(${a} ? ${b} : ${c})` : `mix(${c}, ${b}, ${a})`;
      case 'mix':
        return `mix(${list})`;
      case 'mulZero':
        return `${this.#emission.helpers.mulZero(type)}(${list})`;
      case 'mulHigh':
        return `${this.#emission.helpers.mulHigh(type)}(${list})`;
      case 'bitExtract':
        return `${this.#emission.helpers.bitExtract(type)}(${list})`;
      case 'bitInsert':
        return `${this.#emission.helpers.bitInsert(type)}(${list})`;
      case 'frexpMantissa':
      case 'frexpExponent':
        return `${this.#emission.helpers.frexp(name)}(${a})`;
      case 'ldexp':
        return `${this.#emission.helpers.ldexp()}(${list})`;
      case 'voteAny':
        return `${this.#vote('anyInvocation')}(${a})`;
      case 'voteAll':
        return `${this.#vote('allInvocations')}(${a})`;
      case 'voteEqual':
        return `${this.#vote('allInvocationsEqual')}(${a})`;
      case 'mod':
        return `${this.#emission.helpers.division('mod', type)}(${list})`;
      case 'div':
        if (isInteger) return `${this.#emission.helpers.division('div', type)}(${list})`;
        return `(${a} / ${b})`;
      case 'ddxFine':
      case 'ddyFine':
        this.#emission.need('derivativeControl');
        break;
      default:
    }
    const infix = INFIX[op];
    if (infix !== undefined) return `(${a} ${infix} ${b})`;
    const call = FUNCTIONS[op];
    assert(call !== undefined, `${op} is written`);
    return `${call}(${list})`;
  }

  #vote(name: string): string {
    const { target } = this.#emission.settings;
    this.#emission.need('vote');
    return target.version >= 460 && !target.es ? name : name === 'anyInvocation' ? 'anyInvocationARB' : `${name}ARB`;
  }
}

function laneSuffix4(lanes: readonly number[]): string {
  return `.${lanes.map((lane) => 'xyzw'[lane] ?? 'x').join('')}`;
}
