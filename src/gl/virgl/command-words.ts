/** Commands of virgl as words, for those who give them to a renderer of their own: by the names of the tables. */
import { commandTable } from './command.table.ts';
import type { CommandName } from './command.table.ts';
import { objectTable } from './object.table.ts';
import type { ObjectKind } from './object.table.ts';
import { STAGE } from './virgl-limits.ts';

/** Formats by the numbers of the protocol. */
export const FORMAT = {
  b8g8r8a8: 1,
  z24s8: 19,
  r32Float: 28,
  rgba32Float: 31,
  r8: 64,
  rgba8: 67,
  r32Uint: 193,
} as const;

/** The words of a command, its header first. */
export function command(name: CommandName, ...words: readonly number[]): number[] {
  return [(commandTable[name].op | (words.length << 16)) >>> 0, ...words.map((word) => word >>> 0)];
}

/** CREATE_OBJECT, the handle first. */
export function createObject(kind: ObjectKind, ...words: readonly number[]): number[] {
  const [header = 0, ...rest] = command('createObject', ...words);
  return [header | (objectTable[kind].type << 8), ...rest];
}

/** BIND_OBJECT. */
export function bindObject(kind: ObjectKind, handle: number): number[] {
  const [header = 0, ...rest] = command('bindObject', handle);
  return [header | (objectTable[kind].type << 8), ...rest];
}

/** CREATE_OBJECT of a shader; `outputs` are the words of its stream outputs, their number first. */
export function createShader(
  handle: number,
  stage: keyof typeof STAGE,
  text: string,
  outputs: readonly number[] = [0],
): number[] {
  const bytes = new Uint8Array(Math.ceil((text.length + 1) / 4) * 4);
  bytes.set(new TextEncoder().encode(text));
  const words = new Uint32Array(bytes.buffer);
  return createObject('shader', handle, STAGE[stage], text.length + 1, 300, ...outputs, ...words);
}

/** Floats as words. */
export function f32(...values: readonly number[]): number[] {
  return [...new Uint32Array(new Float32Array(values).buffer)];
}

/** DRAW_VBO of `count` vertices from the first. */
export function drawVbo(mode: number, count: number, { indexed = 0, bias = 0, maxIndex = 0xffffffff } = {}): number[] {
  return command('drawVbo', 0, count, mode, indexed, 1, bias, 0, 0, 0, 0, maxIndex, 0);
}

export const TRIANGLES = 4;
