/** What a fragment shader does with its results: stipple, alpha test, formats the host lacks, several buffers. */
import { ShaderError } from '../shader-error.ts';
import type { OutputDeclarations } from './declare-outputs.ts';
import type { Emission } from './emission.ts';

/** The exit of a fragment shader. */
export interface FragmentExit {
  readonly lines: readonly string[];
  readonly colorOutputs: number;
  readonly writesDepth: boolean;
}

const ALPHA_TESTS = ['false', '<', '==', '<=', '>', '!=', '>=', 'true'] as const;

const DEPTH_LAYOUTS = [null, 'depth_any', 'depth_greater', 'depth_less', 'depth_unchanged'] as const;

const BLEND_EQUATIONS = [
  'multiply',
  'screen',
  'overlay',
  'darken',
  'lighten',
  'colordodge',
  'colorburn',
  'hardlight',
  'softlight',
  'difference',
  'exclusion',
  'hsl_hue',
  'hsl_saturation',
  'hsl_color',
  'hsl_luminosity',
] as const;

const bit = (mask: number, index: number): boolean => ((mask >>> index) & 1) === 1;

class FragmentExitBuilder {
  readonly #emission: Emission;
  readonly #outputs: OutputDeclarations;
  readonly #lines: string[] = [];

  constructor(emission: Emission, outputs: OutputDeclarations) {
    this.#emission = emission;
    this.#outputs = outputs;
  }

  #stipple(): void {
    const pattern = this.#emission.system('stipple');
    // Rows stand four to a vector.
    this.#lines.push(
      '{ ivec2 at = ivec2(gl_FragCoord.xy) & 31;',
      `if ((${pattern}[at.y >> 2][at.y & 3] & (0x80000000u >> uint(at.x))) == 0u) discard; }`,
    );
  }

  #alphaTest(color: string): void {
    const { alphaFunc } = this.#emission.settings.key;
    const test = ALPHA_TESTS[alphaFunc];
    if (test === undefined) throw new ShaderError('range', 0, `alpha test ${alphaFunc}`);
    if (test === 'true') return;
    if (test === 'false') this.#lines.push('discard;');
    else this.#lines.push(`if (!(${color}.w ${test} ${this.#emission.system('alphaReference')})) discard;`);
  }

  /** One colour to one buffer, in the buffer's own kind of component. */
  #color(source: string, buffer: number, location: number, index: number): void {
    const { key } = this.#emission.settings;
    const isSigned = bit(key.signedColors, buffer);
    const isUnsigned = !isSigned && bit(key.unsignedColors, buffer);
    const name = index === 1 ? 'fs_color_second' : `fs_color${location}`;
    const type = isSigned ? 'ivec4' : isUnsigned ? 'uvec4' : 'vec4';
    const layout = key.dualSource ? `location = ${location}, index = ${index}` : `location = ${location}`;
    const direction = this.#outputs.fetchedColors.has(buffer) ? 'inout' : 'out';
    this.#emission.globals.push(`layout(${layout}) ${direction} ${type} ${name};`);
    let value = source;
    if (isSigned) value = `floatBitsToInt(${value})`;
    else if (isUnsigned) value = `floatBitsToUint(${value})`;
    else if (bit(key.srgbColors, buffer)) value = `${this.#srgb()}(${value})`;
    if (bit(key.alphaInRed, buffer)) value = `${value}.wyzw`;
    else if (bit(key.bgraColors, buffer)) value = `${value}.zyxw`;
    this.#lines.push(`${name} = ${value};`);
  }

  #srgb(): string {
    return this.#emission.helpers.need('encodeSrgb', () =>
      [
        'vec4 encodeSrgb(vec4 v) {',
        '  vec3 c = clamp(v.xyz, 0.0, 1.0);',
        '  vec3 high = 1.055 * pow(c, vec3(1.0 / 2.4)) - 0.055;',
        '  return vec4(mix(high, 12.92 * c, lessThanEqual(c, vec3(0.0031308))), v.w);',
        '}',
      ].join('\n'),
    );
  }

  #colors(): number {
    const { ir, settings } = this.#emission;
    const { key, target } = settings;
    const colors = ir.outputs
      .filter(({ semantic }) => semantic === 'COLOR')
      .sort((a, b) => a.semanticIndex - b.semanticIndex);
    const first = colors.find(({ semanticIndex }) => semanticIndex === 0);
    const variable = (register: number): string => this.#outputs.variable(register);
    if (key.clampFragmentColors) {
      for (const { register, semanticIndex } of colors) {
        if (bit(key.signedColors | key.unsignedColors, semanticIndex)) continue;
        this.#lines.push(`${variable(register)} = clamp(${variable(register)}, 0.0, 1.0);`);
      }
    }
    if (first !== undefined) this.#alphaTest(variable(first.register));
    if (key.dualSource) {
      const second = colors.find(({ semanticIndex }) => semanticIndex === 1);
      this.#emission.need('dualSource');
      if (first !== undefined) this.#color(variable(first.register), 0, 0, 0);
      if (second !== undefined) this.#color(variable(second.register), 0, 0, 1);
      return first === undefined ? 0 : 1;
    }
    if (first !== undefined && ir.properties.get('FS_COLOR0_WRITES_ALL_CBUFS') === 1) {
      const count = Math.min(Math.max(key.colorBuffers, 1), target.maxDrawBuffers);
      for (let i = 0; i < count; i++) this.#color(variable(first.register), i, i, 0);
      return count;
    }
    let outputs = 0;
    for (const { register, semanticIndex } of colors) {
      if (semanticIndex >= target.maxDrawBuffers) continue;
      this.#color(variable(register), semanticIndex, semanticIndex, 0);
      outputs = Math.max(outputs, semanticIndex + 1);
    }
    return outputs;
  }

  #declareLayouts(writesDepth: boolean): void {
    const { ir } = this.#emission;
    if (ir.properties.get('FS_EARLY_DEPTH_STENCIL') === 1) {
      this.#emission.need('earlyFragmentTests');
      this.#emission.globals.push('layout(early_fragment_tests) in;');
    }
    if ((ir.properties.get('FS_POST_DEPTH_COVERAGE') ?? 0) !== 0) {
      throw new ShaderError('unsupported', 0, 'coverage after the depth test is not served');
    }
    const depth = DEPTH_LAYOUTS[ir.properties.get('FS_DEPTH_LAYOUT') ?? 0] ?? null;
    if (depth !== null && writesDepth) {
      this.#emission.need('conservativeDepth');
      this.#emission.globals.push(`layout(${depth}) out float gl_FragDepth;`);
    }
    const equations = ir.properties.get('FS_BLEND_EQUATION_ADVANCED') ?? 0;
    if (equations === 0) return;
    const { extensions } = this.#emission.settings.target;
    if (!extensions.has('GL_KHR_blend_equation_advanced')) {
      throw new ShaderError('unsupported', 0, 'the host has no advanced blend equations');
    }
    this.#emission.extensions.add('GL_KHR_blend_equation_advanced');
    for (const [i, name] of BLEND_EQUATIONS.entries()) {
      // Bit 0 stands for no equation.
      if (bit(equations, i + 1)) this.#emission.globals.push(`layout(blend_support_${name}) out;`);
    }
  }

  build(): FragmentExit {
    const { ir, settings } = this.#emission;
    if (settings.key.polygonStipple) this.#stipple();
    let writesDepth = false;
    for (const { register, semantic } of ir.outputs) {
      const text = this.#outputs.variable(register);
      if (semantic === 'POSITION') {
        writesDepth = true;
        this.#lines.push(`gl_FragDepth = ${text}.z;`);
      } else if (semantic === 'STENCIL') {
        this.#emission.need('stencilExport');
        this.#lines.push(`gl_FragStencilRefARB = floatBitsToInt(${text}.y);`);
      } else if (semantic === 'SAMPLEMASK') {
        this.#emission.need('perSample');
        this.#lines.push(`gl_SampleMask[0] = floatBitsToInt(${text}.x);`);
      }
    }
    this.#declareLayouts(writesDepth);
    const colorOutputs = this.#colors();
    return { lines: this.#lines, colorOutputs, writesDepth };
  }
}

/** Declares a fragment shader's results and gives the statements that write them. */
export function buildFragmentExit(emission: Emission, outputs: OutputDeclarations): FragmentExit {
  return new FragmentExitBuilder(emission, outputs).build();
}
