/** IR to GLSL: declarations, functions, and a main that reads inputs, runs the shader and writes outputs. */
import { typeOf } from '../ir/build.ts';
import type { Block, ShaderIr, Statement } from '../ir/ir.ts';
import { ShaderError } from '../shader-error.ts';
import { PRIMITIVES } from '../tgsi/vocabulary.ts';
import { findUninitialized } from '../passes/find-uninitialized.ts';
import { InputDeclarations } from './declare-inputs.ts';
import { OutputDeclarations } from './declare-outputs.ts';
import { ResourceDeclarations } from './declare-resources.ts';
import type { EmitSettings } from './emission.ts';
import { Emission } from './emission.ts';
import { ExpressionPrinter } from './expression-printer.ts';
import type { FragmentExit } from './fragment-exit.ts';
import { buildFragmentExit } from './fragment-exit.ts';
import { typeName } from './glsl-names.ts';
import type { GlslTarget } from './glsl-target.ts';
import type { ShaderInterface } from './shader-interface.ts';
import { StatementPrinter } from './statement-printer.ts';
import { SYSTEM_BLOCK } from './system-block.ts';
import type { BindingBases, StageLink, StreamOutputs, VariantKey } from './variant-key.ts';
import { FIRST_BINDINGS, NO_LINK } from './variant-key.ts';
import type { VertexExit } from './vertex-exit.ts';
import { buildVertexExit } from './vertex-exit.ts';

/** How to translate; what is left out is that of a shader alone. */
export interface TranslateOptions {
  readonly target: GlslTarget;
  readonly key: VariantKey;
  readonly link?: StageLink;
  readonly bindings?: BindingBases;
  readonly streamOutputs?: StreamOutputs | null;
  readonly sharedBytes?: number;
}

/** A translated shader. */
export interface TranslatedShader {
  readonly source: string;
  readonly interface: ShaderInterface;
}

/** Visits statements, inner ones too. */
function someStatement(block: Block, test: (statement: Statement) => boolean): boolean {
  return block.some((statement) => {
    if (test(statement)) return true;
    if (statement.kind === 'if')
      return someStatement(statement.whenTrue, test) || someStatement(statement.whenFalse, test);
    if (statement.kind === 'loop') return someStatement(statement.body, test);
    return statement.kind === 'switch' && statement.cases.some(({ body }) => someStatement(body, test));
  });
}

/** Registers that a precise statement writes. */
function preciseRegisters(ir: ShaderIr, file: 'temp' | 'tempArray' | 'output'): Set<number> {
  const registers = new Set<number>();
  const note = (statement: Statement): boolean => {
    if (statement.kind !== 'set' || !statement.precise || statement.register.file !== file) return false;
    const { register } = statement;
    if (register.file === 'temp') registers.add(register.index);
    else if (register.file === 'tempArray') registers.add(register.first);
    else if (register.file === 'output') {
      const { first, count, index } = register;
      if (index.constant === null) for (let i = 0; i < count; i++) registers.add(first + i);
      else registers.add(first + index.constant);
    }
    return false;
  };
  for (const block of [ir.body, ...ir.routines.map(({ body }) => body)]) someStatement(block, note);
  return registers;
}

const POINTS_LINES_TRIANGLES: Readonly<Record<string, string>> = {
  POINTS: 'points',
  LINES: 'lines',
  LINE_STRIP: 'line_strip',
  TRIANGLES: 'triangles',
  TRIANGLE_STRIP: 'triangle_strip',
  LINES_ADJACENCY: 'lines_adjacency',
  TRIANGLES_ADJACENCY: 'triangles_adjacency',
};

class Translation {
  readonly #ir: ShaderIr;
  readonly #emission: Emission;
  readonly #layout: string[] = [];
  #workGroup: readonly [number, number, number] | null = null;
  #outputPrimitive: ShaderInterface['outputPrimitive'] = null;

  constructor(ir: ShaderIr, settings: EmitSettings) {
    this.#ir = ir;
    this.#emission = new Emission(ir, settings);
  }

  #geometryLayout(): void {
    const { properties } = this.#ir;
    this.#emission.need('geometry');
    const input = PRIMITIVES[properties.get('GS_INPUT_PRIMITIVE') ?? 4];
    const output = PRIMITIVES[properties.get('GS_OUTPUT_PRIMITIVE') ?? 5];
    const invocations = properties.get('GS_INVOCATIONS') ?? 1;
    if (output !== 'POINTS' && output !== 'LINE_STRIP' && output !== 'TRIANGLE_STRIP') {
      throw new ShaderError('range', 0, `${output} is no output of a geometry shader`);
    }
    this.#outputPrimitive = output;
    const repeats = invocations > 1 ? `, invocations = ${invocations}` : '';
    if (invocations > 1) this.#emission.need('gpuShader5');
    this.#layout.push(`layout(${POINTS_LINES_TRIANGLES[input ?? 'TRIANGLES']}${repeats}) in;`);
    const most = properties.get('GS_MAX_OUTPUT_VERTICES') ?? 0;
    this.#layout.push(`layout(${POINTS_LINES_TRIANGLES[output]}, max_vertices = ${most}) out;`);
  }

  #evaluationLayout(): void {
    const { properties } = this.#ir;
    this.#emission.need('tessellation');
    const mode = PRIMITIVES[properties.get('TES_PRIM_MODE') ?? 4];
    const shape = mode === 'LINES' ? 'isolines' : mode === 'QUADS' ? 'quads' : 'triangles';
    const spacing = ['fractional_odd_spacing', 'fractional_even_spacing', 'equal_spacing'][
      properties.get('TES_SPACING') ?? 2
    ];
    const order = properties.get('TES_VERTEX_ORDER_CW') === 1 ? 'cw' : 'ccw';
    const points = properties.get('TES_POINT_MODE') === 1 ? ', point_mode' : '';
    this.#layout.push(`layout(${shape}, ${spacing ?? 'equal_spacing'}, ${order}${points}) in;`);
  }

  #computeLayout(): void {
    const { properties } = this.#ir;
    this.#emission.need('compute');
    const x = properties.get('CS_FIXED_BLOCK_WIDTH') ?? 0;
    if (x === 0) {
      this.#emission.need('variableGroupSize');
      this.#layout.push('layout(local_size_variable) in;');
      return;
    }
    const y = properties.get('CS_FIXED_BLOCK_HEIGHT') ?? 1;
    const z = properties.get('CS_FIXED_BLOCK_DEPTH') ?? 1;
    this.#workGroup = [x, y, z];
    this.#layout.push(`layout(local_size_x = ${x}, local_size_y = ${y}, local_size_z = ${z}) in;`);
  }

  #stageLayout(): void {
    switch (this.#ir.stage) {
      case 'GEOM':
        this.#geometryLayout();
        return;
      case 'TESS_CTRL':
        this.#emission.need('tessellation');
        this.#layout.push(`layout(vertices = ${this.#ir.properties.get('TCS_VERTICES_OUT') ?? 1}) out;`);
        return;
      case 'TESS_EVAL':
        this.#evaluationLayout();
        return;
      case 'COMP':
        this.#computeLayout();
        return;
      case 'VERT':
      case 'FRAG':
    }
  }

  /** Registers as variables of the whole shader, so that subroutines reach them. */
  #declareRegisters(): void {
    const { globals } = this.#emission;
    const precise = preciseRegisters(this.#ir, 'temp');
    const preciseArrays = preciseRegisters(this.#ir, 'tempArray');
    if (precise.size + preciseArrays.size + preciseRegisters(this.#ir, 'output').size > 0)
      this.#emission.need('gpuShader5');
    const { temps, arrays } = findUninitialized(this.#ir);
    for (const index of this.#ir.temps) {
      globals.push(`${precise.has(index) ? 'precise ' : ''}vec4 t${index};`);
      if (temps.has(index)) this.#emission.entry.push(`t${index} = vec4(0.0);`);
    }
    for (const { first, count } of this.#ir.tempArrays) {
      const type = typeName(typeOf('f32', this.#emission.arrayWidth(first)));
      globals.push(`${preciseArrays.has(first) ? 'precise ' : ''}${type} ta${first}[${count}];`);
      const mask = arrays.get(first) ?? 0;
      // Large arrays lie in memory: components that nobody reads are left alone.
      const lanes = [0, 1, 2, 3].filter((lane) => ((mask >> lane) & 1) === 1);
      if (lanes.length === 0) continue;
      const zero = lanes.length === 1 ? '0.0' : `vec${lanes.length}(0.0)`;
      const element = this.#emission.arrayElement(first, 'i', lanes);
      this.#emission.entry.push(`for (int i = 0; i < ${count}; i++) ${element} = ${zero};`);
    }
    for (let i = 0; i < this.#ir.addresses; i++) {
      globals.push(`ivec4 a${i};`);
      this.#emission.entry.push(`a${i} = ivec4(0);`);
    }
  }

  #head(): string[] {
    const { target } = this.#emission.settings;
    const lines = [`#version ${target.version}${target.es ? ' es' : ''}`];
    for (const extension of [...this.#emission.extensions].sort()) lines.push(`#extension ${extension} : require`);
    if (target.es) lines.push('precision highp float;', 'precision highp int;');
    lines.push(...this.#layout);
    if (this.#emission.usesSystemBlock) {
      const binding = target.version >= (target.es ? 310 : 420) ? `, binding = ${SYSTEM_BLOCK.binding}` : '';
      lines.push(
        `layout(std140${binding}) uniform ${SYSTEM_BLOCK.name} { vec4 sys_clipPlanes[8]; uvec4 sys_stipple[8]; float sys_adjustY; float sys_alphaReference; int sys_drawIdBase; float sys_height; };`,
      );
    }
    return lines;
  }

  translate(): TranslatedShader {
    const emission = this.#emission;
    const ir = this.#ir;
    this.#stageLayout();
    const resources = new ResourceDeclarations(emission);
    const inputs = new InputDeclarations(emission);
    const outputs = new OutputDeclarations(emission, preciseRegisters(ir, 'output'));
    this.#declareRegisters();
    const expressions = new ExpressionPrinter(emission, resources, inputs, outputs);
    const functions: string[] = [];
    const printed = (body: Block): string[] => {
      const statements = new StatementPrinter(emission, expressions, resources, outputs);
      statements.block(body);
      return statements.lines;
    };
    for (const { number, body } of ir.routines) functions.push(`void routine${number}() {`, ...printed(body), '}');
    const body = printed(ir.body);
    let vertex: VertexExit | null = null;
    let fragment: FragmentExit | null = null;
    if (ir.stage === 'FRAG') fragment = buildFragmentExit(emission, outputs);
    else if (ir.stage !== 'COMP' && ir.stage !== 'TESS_CTRL') vertex = buildVertexExit(emission, outputs);
    const exit = (vertex?.lines ?? fragment?.lines ?? []).map((line) => `  ${line}`);
    const entry = emission.entry.map((line) => `  ${line}`);
    const main: string[] = [];
    if (ir.stage === 'GEOM') {
      functions.unshift('void writeOutputs() {', ...exit, '}');
      main.push('void main() {', ...entry, ...body, '}');
    } else if (someStatement(ir.body, ({ kind }) => kind === 'return')) {
      functions.push('void shader() {', ...body, '}');
      main.push('void main() {', ...entry, '  shader();', ...exit, '}');
    } else {
      main.push('void main() {', ...entry, ...body, ...exit, '}');
    }
    const source = [...this.#head(), ...emission.globals, ...emission.helpers.texts, ...functions, ...main].join('\n');
    const { attributes } = inputs;
    return {
      source: `${source}\n`,
      interface: {
        stage: ir.stage,
        attributes,
        inputs: inputs.varyings,
        outputs: vertex?.varyings ?? outputs.varyings,
        constants: resources.constants,
        uniformBuffers: resources.uniformBuffers,
        samplers: resources.samplers,
        images: resources.images,
        storageBuffers: resources.storageBuffers,
        atomics: resources.atomics,
        feedback: vertex?.feedback ?? null,
        systemBlock: emission.usesSystemBlock,
        usesDrawId: emission.usesDrawId,
        clipDistances: vertex?.clipDistances ?? 0,
        cullDistances: vertex?.cullDistances ?? 0,
        writesPointSize: vertex?.writesPointSize ?? false,
        colorOutputs: fragment?.colorOutputs ?? 0,
        writesDepth: fragment?.writesDepth ?? false,
        usesSampleShading: emission.usesSampleShading,
        workGroup: this.#workGroup,
        patchVerticesOut: ir.stage === 'TESS_CTRL' ? (ir.properties.get('TCS_VERTICES_OUT') ?? 1) : 0,
        outputPrimitive: this.#outputPrimitive,
      },
    };
  }
}

/**
 * Writes a lowered shader as GLSL. Pure: equal arguments give equal text.
 *
 * @throws ShaderError `unsupported` for what the target lacks, `range` for stream outputs or shared memory that do not fit.
 */
export function translate(ir: ShaderIr, options: TranslateOptions): TranslatedShader {
  const { target, key, link = NO_LINK, bindings = FIRST_BINDINGS, streamOutputs = null, sharedBytes = 0 } = options;
  return new Translation(ir, { target, key, link, bindings, streamOutputs, sharedBytes }).translate();
}
