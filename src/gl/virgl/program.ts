/** Programs of OpenGL: one for each set of shaders and each variant that state demands. */
import type { DeviceContext } from '../core/gl-device.ts';
import { GpuError } from '../core/gpu-error.ts';
import * as GL from '../egl/gl-constants.ts';
import type { GlslTarget } from '../shader/emit-glsl/glsl-target.ts';
import type { ShaderInterface } from '../shader/emit-glsl/shader-interface.ts';
import { SYSTEM_BLOCK } from '../shader/emit-glsl/system-block.ts';
import { cStrings } from './c-strings.ts';
import { STAGE } from './virgl-limits.ts';

const GL_STAGES = [
  GL.VERTEX_SHADER,
  GL.FRAGMENT_SHADER,
  GL.GEOMETRY_SHADER,
  GL.TESS_CONTROL_SHADER,
  GL.TESS_EVALUATION_SHADER,
  GL.COMPUTE_SHADER,
] as const;

const MAX_LOG = 4096;
const status = new Int32Array(1);

/** A translated shader of one stage. */
export interface ProgramPart {
  readonly stage: number;
  readonly source: string;
  readonly interface: ShaderInterface;
}

/** One stage of a program. */
export interface ProgramStage {
  readonly stage: number;
  readonly interface: ShaderInterface;
  /** −1 for none. */
  readonly constantsLocation: number;
  /** The constants it was given last. */
  constantVersion: number;
}

/** A program that is linked. */
export interface Program {
  readonly name: number;
  readonly stages: readonly ProgramStage[];
  readonly usesSystem: boolean;
  /** It sees which draw of a call it belongs to. */
  readonly usesDrawId: boolean;
  /** Attributes that the vertex shader reads, one bit each. */
  readonly attributes: number;
  readonly clipDistances: number;
  readonly usesSampleShading: boolean;
  readonly writesPointSize: boolean;
  readonly feedbackBuffers: number;
}

/** Compiles and links. Throws GpuError `shader` with the driver's log. */
export function linkProgram(context: DeviceContext, target: GlslTarget, parts: readonly ProgramPart[]): Program {
  const { gl } = context;
  const program = gl.createProgram();
  const shaders: number[] = [];
  try {
    for (const part of parts) {
      const shader = compile(context, part);
      shaders.push(shader);
      gl.attachShader(program, shader);
    }
    const feedback = parts.map((part) => part.interface.feedback).find((f) => f !== null);
    if (feedback !== undefined && feedback !== null) {
      const names = cStrings(feedback.varyings);
      gl.transformFeedbackVaryings(program, feedback.varyings.length, names.pointers, GL.INTERLEAVED_ATTRIBS);
    }
    gl.linkProgram(program);
    gl.getProgramiv(program, GL.LINK_STATUS, status);
    if (status[0] === 0) throw new GpuError('shader', `the driver does not link: ${programLog(context, program)}`);
    return describe(context, target, program, parts);
  } catch (error) {
    gl.deleteProgram(program);
    throw error;
  } finally {
    for (const shader of shaders) gl.deleteShader(shader);
  }
}

/** Deletes a program. */
export function deleteProgram(context: DeviceContext, { name }: Program): void {
  context.gl.deleteProgram(name);
  context.forgetProgram(name);
}

function compile({ gl }: DeviceContext, { stage, source }: ProgramPart): number {
  const shader = gl.createShader(GL_STAGES[stage] ?? GL.NONE);
  const { pointers, lengths } = cStrings([source]);
  gl.shaderSource(shader, 1, pointers, lengths);
  gl.compileShader(shader);
  gl.getShaderiv(shader, GL.COMPILE_STATUS, status);
  if (status[0] !== 0) return shader;
  const log = new Uint8Array(MAX_LOG);
  const length = new Int32Array(1);
  gl.getShaderInfoLog(shader, MAX_LOG, length, log);
  gl.deleteShader(shader);
  throw new GpuError('shader', `the driver does not compile: ${textOf(log, length)}`);
}

function programLog({ gl }: DeviceContext, program: number): string {
  const log = new Uint8Array(MAX_LOG);
  const length = new Int32Array(1);
  gl.getProgramInfoLog(program, MAX_LOG, length, log);
  return textOf(log, length);
}

function textOf(log: Uint8Array, length: Int32Array): string {
  return new TextDecoder().decode(log.subarray(0, length[0])).trim();
}

/** Units and locations that the language could not say, and places of constants. */
function describe(
  { gl, bindings }: DeviceContext,
  target: GlslTarget,
  program: number,
  parts: readonly ProgramPart[],
): Program {
  const hasBindings = target.version >= (target.es ? 310 : 420);
  const usesSystem = parts.some((part) => part.interface.systemBlock);
  if (!hasBindings) {
    bindings.useProgram(program);
    const bindBlock = (blockName: string, binding: number): void => {
      const index = gl.getUniformBlockIndex(program, blockName);
      if (index !== GL.INVALID_INDEX) gl.uniformBlockBinding(program, index, binding);
    };
    if (usesSystem) bindBlock(SYSTEM_BLOCK.name, SYSTEM_BLOCK.binding);
    for (const { interface: face } of parts) {
      for (const { blockName, binding } of face.uniformBuffers) bindBlock(blockName, binding);
      for (const { name, count, unit } of face.samplers) {
        const location = gl.getUniformLocation(program, name);
        if (location >= 0)
          gl.uniform1iv(
            location,
            count,
            Int32Array.from({ length: count }, (_, i) => unit + i),
          );
      }
    }
  }
  const last = parts.find((part) => part.interface.feedback !== null) ?? null;
  const vertexEnd = lastVertexPart(parts);
  return {
    name: program,
    usesSystem,
    usesDrawId: parts.some((part) => part.interface.usesDrawId),
    stages: parts.map(({ stage, interface: face }) => ({
      stage,
      interface: face,
      constantsLocation: face.constants === null ? -1 : gl.getUniformLocation(program, face.constants.name),
      constantVersion: -1,
    })),
    attributes: parts.find((part) => part.stage === STAGE.vertex)?.interface.attributes ?? 0,
    clipDistances: vertexEnd?.interface.clipDistances ?? 0,
    usesSampleShading: parts.some((part) => part.interface.usesSampleShading),
    writesPointSize: vertexEnd?.interface.writesPointSize ?? false,
    feedbackBuffers: last?.interface.feedback?.buffers ?? 0,
  };
}

function lastVertexPart(parts: readonly ProgramPart[]): ProgramPart | undefined {
  const byStage = (stage: number): ProgramPart | undefined => parts.find((part) => part.stage === stage);
  return byStage(STAGE.geometry) ?? byStage(STAGE.tessEval) ?? byStage(STAGE.vertex);
}
