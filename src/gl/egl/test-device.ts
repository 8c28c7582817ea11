/** A device for tests, and a triangle drawn on it. */
import koffi from 'koffi';
import { assert } from '../../base/assert.ts';
import { HostError } from '../../base/errors.ts';
import type { GlContext } from './context.ts';
import { GlDisplay } from './display.ts';
import * as GL from './gl-constants.ts';
import type { GlApi } from './gl-loader.ts';

/** Whether this machine renders OpenGL in software. Tests that draw are left out elsewhere. */
export const hasEgl: boolean = canOpen();

function canOpen(): boolean {
  try {
    GlDisplay.open({ renderNode: 'software' }).close();
    return true;
  } catch (error) {
    if (error instanceof HostError) return false;
    throw error;
  }
}

/** A texture in a framebuffer, both new. */
export function createFramebuffer(
  context: GlContext,
  width: number,
  height: number,
): { framebuffer: number; texture: number } {
  const { gl, bindings } = context;
  const names = new Uint32Array(1);
  gl.genTextures(1, names);
  const texture = names[0] ?? 0;
  bindings.activateTexture(0, GL.TEXTURE_2D, texture);
  gl.texImage2D(GL.TEXTURE_2D, 0, GL.RGBA8, width, height, 0, GL.RGBA, GL.UNSIGNED_BYTE, null);
  gl.genFramebuffers(1, names);
  const framebuffer = names[0] ?? 0;
  bindings.bindFramebuffer(GL.FRAMEBUFFER, framebuffer);
  gl.framebufferTexture2D(GL.FRAMEBUFFER, GL.COLOR_ATTACHMENT0, GL.TEXTURE_2D, texture, 0);
  assert(gl.checkFramebufferStatus(GL.FRAMEBUFFER) === GL.FRAMEBUFFER_COMPLETE, 'a complete framebuffer');
  return { framebuffer, texture };
}

/** A program of two shaders. */
export function createProgram(gl: GlApi, vertex: string, fragment: string): number {
  const program = gl.createProgram();
  for (const [type, text] of [
    [GL.VERTEX_SHADER, vertex],
    [GL.FRAGMENT_SHADER, fragment],
  ] as const) {
    const shader = gl.createShader(type);
    const bytes = new TextEncoder().encode(text);
    gl.shaderSource(shader, 1, new BigUint64Array([koffi.address(bytes)]), Int32Array.of(bytes.length));
    gl.compileShader(shader);
    gl.attachShader(program, shader);
    gl.deleteShader(shader);
  }
  gl.linkProgram(program);
  const status = new Int32Array(1);
  gl.getProgramiv(program, GL.LINK_STATUS, status);
  const log = new Uint8Array(1024);
  gl.getProgramInfoLog(program, log.length, null, log);
  assert(status[0] === 1, `a program that links: ${new TextDecoder().decode(log)}`);
  return program;
}

/** A vertex shader for a triangle that covers everything, without attributes. */
export const COVERING_VERTEX_SHADER = `#version 330
  void main() { gl_Position = vec4(float(gl_VertexID & 1) * 4.0 - 1.0, float(gl_VertexID >> 1) * 4.0 - 1.0, 0.0, 1.0); }`;

/** Draws a triangle of one colour on black and reads all of it: rows of R, G, B, A from the bottom up. */
export function drawTriangle(context: GlContext, width: number, height: number): Uint8Array {
  const { gl, bindings, state } = context;
  const { framebuffer, texture } = createFramebuffer(context, width, height);
  const program = createProgram(
    gl,
    `#version 330
    const vec2 corners[3] = vec2[](vec2(-1, -1), vec2(1, -1), vec2(0, 1));
    void main() { gl_Position = vec4(corners[gl_VertexID], 0.0, 1.0); }`,
    `#version 330
    out vec4 color;
    void main() { color = vec4(1.0, 0.2, 0.0, 1.0); }`,
  );
  const names = new Uint32Array(1);
  gl.genVertexArrays(1, names);
  bindings.bindVertexArray(names[0] ?? 0);
  bindings.useProgram(program);
  state.viewport(0, 0, 0, width, height);
  gl.clearColor(0, 0, 0, 1);
  gl.clear(GL.COLOR_BUFFER_BIT);
  gl.drawArrays(GL.TRIANGLES, 0, 3);
  const pixels = new Uint8Array(width * height * 4);
  gl.readPixels(0, 0, width, height, GL.RGBA, GL.UNSIGNED_BYTE, pixels);
  gl.deleteVertexArrays(1, names);
  context.bindings.forgetVertexArray(names[0] ?? 0);
  gl.deleteProgram(program);
  context.forgetProgram(program);
  gl.deleteFramebuffers(1, Uint32Array.of(framebuffer));
  bindings.forgetFramebuffer(framebuffer);
  gl.deleteTextures(1, Uint32Array.of(texture));
  context.forgetTexture(texture);
  return pixels;
}
