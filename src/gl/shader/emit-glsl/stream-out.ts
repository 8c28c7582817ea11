/**
 * Transform feedback: which variables of the last vertex stage are captured, in the words glTransformFeedbackVaryings takes.
 * Captured parts are variables of their own, written before the position is turned for the host's picture; whole varyings
 * are captured as they are.
 */
import { ShaderError } from '../shader-error.ts';
import type { Emission } from './emission.ts';
import { laneSuffix } from './glsl-names.ts';
import type { Feedback, Varying } from './shader-interface.ts';
import type { StreamOutput, StreamOutputs } from './variant-key.ts';

/** Most words of a captured vertex. */
const MAX_STRIDE_WORDS = 512;
const MAX_OUTPUTS = 64;

/** What capturing adds to a shader. */
export interface StreamOutCode {
  readonly feedback: Feedback;
  /** Statements that fill the captured variables. */
  readonly lines: readonly string[];
}

function checkOutput(output: StreamOutput, { strides }: StreamOutputs, registers: ReadonlySet<number>): void {
  const { register, startComponent, componentCount, buffer, offset, stream } = output;
  const stride = strides[buffer] ?? 0;
  const whole = [register, startComponent, componentCount, buffer, offset, stream].every(
    (value) => Number.isInteger(value) && value >= 0,
  );
  if (!whole || componentCount < 1 || startComponent + componentCount > 4 || buffer > 3 || stream > 3) {
    throw new ShaderError('range', 0, 'a stream output has an impossible place');
  }
  if (!registers.has(register)) throw new ShaderError('undeclared', 0, `stream output of OUT[${register}]`);
  if (stride > MAX_STRIDE_WORDS || offset + componentCount > stride) {
    throw new ShaderError('range', 0, `stream output ends at word ${offset + componentCount} of ${stride}`);
  }
}

/** Words left out between captured parts. */
function skip(varyings: string[], count: number): void {
  for (let left = count; left > 0; left -= 4) varyings.push(`gl_SkipComponents${Math.min(left, 4)}`);
}

/**
 * Declares captured variables and lists them.
 *
 * @throws ShaderError `range` or `undeclared` for outputs that overlap, leave their stride or name no register.
 */
export function declareStreamOut(
  emission: Emission,
  outputs: StreamOutputs,
  varyings: readonly Varying[],
  variable: (register: number) => string,
): StreamOutCode | null {
  const { ir } = emission;
  if (outputs.outputs.length === 0) return null;
  if (outputs.outputs.length > MAX_OUTPUTS)
    throw new ShaderError('limit', 0, `more than ${MAX_OUTPUTS} stream outputs`);
  const registers = new Map(ir.outputs.map((io) => [io.register, io]));
  const streams: [number, number, number, number] = [0, 0, 0, 0];
  let buffers = 0;
  for (const output of outputs.outputs) {
    checkOutput(output, outputs, new Set(registers.keys()));
    if (output.stream > 0 && ir.stage !== 'GEOM')
      throw new ShaderError('stage', 0, 'only geometry shaders have streams');
    if (((buffers >> output.buffer) & 1) === 1 && streams[output.buffer] !== output.stream) {
      throw new ShaderError('range', 0, `buffer ${output.buffer} captures two streams`);
    }
    buffers |= 1 << output.buffer;
    streams[output.buffer] = output.stream;
  }
  const lines: string[] = [];
  const captured = new Set<string>();
  const nameOf = (output: StreamOutput, place: number): string => {
    const io = registers.get(output.register);
    const varying = varyings.find(({ semantic, index }) => semantic === io?.semantic && index === io.semanticIndex);
    const isWhole = output.startComponent === 0 && output.componentCount === 4 && output.stream === 0;
    if (varying !== undefined && isWhole && !captured.has(varying.name) && io?.semantic === 'GENERIC') {
      captured.add(varying.name);
      return varying.name;
    }
    const name = `${emission.prefix}_tf${place}`;
    const type = output.componentCount === 1 ? 'float' : `vec${output.componentCount}`;
    const stream = output.stream === 0 ? '' : `layout(stream = ${output.stream}) `;
    if (output.stream > 0) emission.need('gpuShader5');
    emission.globals.push(`${stream}out ${type} ${name};`);
    const lanes = [0, 1, 2, 3].slice(output.startComponent, output.startComponent + output.componentCount);
    lines.push(`${name} = ${variable(output.register)}${laneSuffix(lanes)};`);
    return name;
  };
  const names: string[] = [];
  const last = 31 - Math.clz32(buffers);
  for (let buffer = 0; buffer <= last; buffer++) {
    if (buffer > 0) names.push('gl_NextBuffer');
    const mine = outputs.outputs
      .map((output, place) => ({ output, place }))
      .filter(({ output }) => output.buffer === buffer)
      .sort((a, b) => a.output.offset - b.output.offset);
    let at = 0;
    for (const { output, place } of mine) {
      if (output.offset < at) throw new ShaderError('range', 0, `stream outputs overlap in buffer ${buffer}`);
      skip(names, output.offset - at);
      names.push(nameOf(output, place));
      at = output.offset + output.componentCount;
    }
    if (mine.length > 0) skip(names, (outputs.strides[buffer] ?? at) - at);
  }
  return { feedback: { varyings: names, buffers, streams }, lines };
}
