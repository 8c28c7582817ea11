/** Texture reads and queries as GLSL calls. */
import type { Expression, TextureExpression } from '../ir/ir.ts';
import { ShaderError } from '../shader-error.ts';
import { TARGET_ROWS } from '../tgsi/targets.table.ts';
import type { Target } from '../tgsi/vocabulary.ts';
import type { ResourceDeclarations } from './declare-resources.ts';
import type { Emission, PrintsExpressions } from './emission.ts';
import { typeName } from './glsl-names.ts';
import type { TexelSwizzle } from './variant-key.ts';

type Printer = PrintsExpressions;

const rowOf = (target: Target): (typeof TARGET_ROWS)['2D'] => TARGET_ROWS[target === 'UNKNOWN' ? '2D' : target];

/** Literal texel offsets, held to what the host takes: the language wants constants here. */
function literalOffset(offset: Expression, low: number, high: number): string {
  if (offset.kind !== 'constant')
    throw new ShaderError('unsupported', 0, 'a texel offset of this instruction must be literal');
  const values = offset.words.map((word) => Math.min(Math.max(word | 0, low), high));
  return values.length === 1 ? String(values[0]) : `ivec${values.length}(${values.join(', ')})`;
}

/** The coordinate, held to the texture in some directions. */
function clampedCoordinate(
  texture: TextureExpression,
  coordinate: Expression,
  directions: number,
  sampler: string,
  emission: Emission,
  printer: Printer,
): string {
  const { target, projector } = texture;
  const text = printer.print(coordinate);
  const count = target.includes('CUBE') ? 0 : target.includes('1D') ? 1 : target.includes('3D') ? 3 : 2;
  const mask = directions & ((1 << count) - 1);
  if (mask === 0) return text;
  const { width } = coordinate.type;
  const type = typeName(coordinate.type);
  const name = `clamp${mask}_${type}`;
  emission.helpers.need(name, () => {
    const lines = ['x', 'y', 'z'].flatMap((lane, i) => {
      const part = width === 1 ? 'c' : `c.${lane}`;
      return ((mask >> i) & 1) === 1 ? [`${part} = clamp(${part} / q, 0.0, limit.${lane}) * q;`] : [];
    });
    return `${type} ${name}(${type} c, float q, vec3 limit) { ${lines.join(' ')} return c; }`;
  });
  const limit = target.includes('RECT') ? `vec3(textureSize(${sampler}), 1.0)` : 'vec3(1.0)';
  return `${name}(${text}, ${projector === null ? '1.0' : printer.print(projector)}, ${limit})`;
}

/** Coordinate, comparison value and divisor in the one vector GLSL wants, or as arguments of their own. */
function coordinateArguments(
  texture: TextureExpression,
  directions: number,
  sampler: string,
  emission: Emission,
  printer: Printer,
): string[] {
  const { target, coordinate, compare, projector, op } = texture;
  if (coordinate === null) return [];
  const { coordinates } = rowOf(target);
  const text = clampedCoordinate(texture, coordinate, directions, sampler, emission, printer);
  if (op === 'gather') return compare === null ? [text] : [text, printer.print(compare)];
  if (compare === null && projector === null) return [text];
  const parts = [text];
  // One-dimensional comparisons keep an unused component between.
  if (compare !== null && coordinates === 1) parts.push('0.0');
  if (target === 'SHADOWCUBEARRAY' && compare !== null) return [text, printer.print(compare)];
  if (compare !== null) parts.push(printer.print(compare));
  if (projector !== null) parts.push(printer.print(projector));
  const width = coordinates + (compare === null ? 0 : coordinates === 1 ? 2 : 1) + (projector === null ? 0 : 1);
  return [`vec${width}(${parts.join(', ')})`];
}

/** Levels and biases that the language lacks for some shadow targets come with an extension. */
function needLevelled(emission: Emission, { target, op }: TextureExpression): void {
  const lacks =
    op === 'lod'
      ? ['SHADOW2D_ARRAY', 'SHADOWCUBE', 'SHADOWCUBEARRAY']
      : op === 'bias'
        ? ['SHADOW2D_ARRAY', 'SHADOWCUBEARRAY']
        : [];
  if (lacks.includes(target)) emission.need('shadowLod');
  if (op === 'grad' && target === 'SHADOWCUBEARRAY') {
    throw new ShaderError('unsupported', 0, 'GLSL has no gradients for shadow cube arrays');
  }
}

function sampleCall(
  texture: TextureExpression,
  directions: number,
  emission: Emission,
  sampler: string,
  printer: Printer,
): string {
  const { op, offsets, level, gradients, projector, target } = texture;
  const { target: host } = emission.settings;
  needLevelled(emission, texture);
  const args = [sampler, ...coordinateArguments(texture, directions, sampler, emission, printer)];
  const [offset] = offsets;
  const suffix = offset === undefined ? '' : 'Offset';
  const project = projector === null ? '' : 'Proj';
  const literal = offset === undefined ? [] : [literalOffset(offset, host.minTexelOffset, host.maxTexelOffset)];
  if (offset !== undefined && target.includes('CUBE')) throw new ShaderError('type', 0, 'cubes have no texel offsets');
  if (op === 'grad' && gradients !== null) {
    const [x, y] = gradients;
    return `texture${project}Grad${suffix}(${[...args, printer.print(x), printer.print(y), ...literal].join(', ')})`;
  }
  if (op === 'lod' && level !== null) {
    return `texture${project}Lod${suffix}(${[...args, printer.print(level), ...literal].join(', ')})`;
  }
  const bias = op === 'bias' && level !== null ? [printer.print(level)] : [];
  return `texture${project}${suffix}(${[...args, ...literal, ...bias].join(', ')})`;
}

function gatherCall(
  texture: TextureExpression,
  directions: number,
  emission: Emission,
  sampler: string,
  printer: Printer,
): string {
  const { offsets, component, compare } = texture;
  const { minGatherOffset, maxGatherOffset } = emission.settings.target;
  emission.need('textureGather');
  const args = [sampler, ...coordinateArguments(texture, directions, sampler, emission, printer)];
  const extra = compare === null && component !== 0 ? [String(component)] : [];
  const [offset] = offsets;
  if (offset === undefined) return `textureGather(${[...args, ...extra].join(', ')})`;
  emission.need('gpuShader5');
  if (offsets.length === 4) {
    const list = offsets.map((each) => literalOffset(each, minGatherOffset, maxGatherOffset)).join(', ');
    return `textureGatherOffsets(${[...args, `ivec2[4](${list})`, ...extra].join(', ')})`;
  }
  const text =
    offset.kind === 'constant' ? literalOffset(offset, minGatherOffset, maxGatherOffset) : printer.print(offset);
  return `textureGatherOffset(${[...args, text, ...extra].join(', ')})`;
}

function fetchCall(texture: TextureExpression, sampler: string, printer: Printer): string {
  const { coordinate, level, sample } = texture;
  const args = [sampler, coordinate === null ? '0' : printer.print(coordinate)];
  if (level !== null) args.push(printer.print(level));
  if (sample !== null) args.push(printer.print(sample));
  return `texelFetch(${args.join(', ')})`;
}

const TEXEL_TYPES = { f32: 'vec4', i32: 'ivec4', u32: 'uvec4' } as const;
const ZERO_ONE = { f32: ['0.0', '1.0'], i32: ['0', '1'], u32: ['0u', '1u'] } as const;

/** Channels rearranged for a view whose swizzle the host does not do. */
function swizzled(text: string, swizzle: TexelSwizzle, base: 'f32' | 'i32' | 'u32', emission: Emission): string {
  const type = TEXEL_TYPES[base];
  const [zero, one] = ZERO_ONE[base];
  const parts = swizzle.map((from) => (from === 4 ? zero : from === 5 ? one : `v.${'xyzw'[from] ?? 'x'}`));
  const name = `swizzle${swizzle.join('')}_${type}`;
  emission.helpers.need(name, () => `${type} ${name}(${type} v) { return ${type}(${parts.join(', ')}); }`);
  return `${name}(${text})`;
}

/** A texture expression as GLSL of its type. */
export function printTexture(
  texture: TextureExpression,
  emission: Emission,
  resources: ResourceDeclarations,
  printer: Printer,
): string {
  const { op, target, sampler: resource, level, coordinate, compare, type } = texture;
  const sampler = resources.sampler(resource, printer);
  if (op === 'size') return `textureSize(${sampler}${level === null ? '' : `, ${printer.print(level)}`})`;
  if (op === 'levels') {
    emission.need('textureQueryLevels');
    return `textureQueryLevels(${sampler})`;
  }
  if (op === 'samples') {
    emission.need('textureSamples');
    return `textureSamples(${sampler})`;
  }
  if (op === 'queryLod') {
    emission.need('textureQueryLod');
    const { version, es } = emission.settings.target;
    const name = version >= 400 && !es ? 'textureQueryLod' : 'textureQueryLOD';
    return `${name}(${sampler}, ${coordinate === null ? '0.0' : printer.print(coordinate)})`;
  }
  const { base } = type;
  const directions = resources.clampedCoordinates(resource.first);
  let text: string;
  if (op === 'fetch') text = fetchCall(texture, sampler, printer);
  else if (op === 'gather') text = gatherCall(texture, directions, emission, sampler, printer);
  else text = sampleCall(texture, directions, emission, sampler, printer);
  if (compare !== null && op !== 'gather') text = `vec4(vec3(${text}), 1.0)`;
  const swizzle = resources.texelSwizzle(resource.first);
  if (swizzle === null || base === 'bool' || base === 'f64' || base === 'i64' || base === 'u64') return text;
  // What a gather returns is one channel of four texels: the view's swizzle chose it already.
  return op === 'gather' || rowOf(target).multisample ? text : swizzled(text, swizzle, base, emission);
}
