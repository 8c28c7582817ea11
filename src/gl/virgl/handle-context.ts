/** Commands about the context itself. */
import { GpuError } from '../core/gpu-error.ts';
import * as GL from '../egl/gl-constants.ts';
import type { VirglContext } from './context.ts';
import type { Handler } from './decode.ts';
import type { Words } from './words.ts';

const MAX_MARKER_BYTES = 1024;

function setSubCtx(context: VirglContext, words: Words): void {
  context.setSubContext(words.u32(1));
}

function createSubCtx(context: VirglContext, words: Words): void {
  context.createSubContext(words.u32(1));
}

function destroySubCtx(context: VirglContext, words: Words): void {
  context.destroySubContext(words.u32(1));
}

function setDebugFlags(): void {
  // What is logged is the host's business.
}

function sendStringMarker({ sub, renderer }: VirglContext, words: Words): void {
  const length = Math.min(words.u32(1), (words.length - 1) * 4, MAX_MARKER_BYTES);
  if (length === 0 || !renderer.capabilities.features.debug) return;
  const text = new TextDecoder('latin1').decode(words.bytes(2, length)).split('\0')[0] ?? '';
  const { gl } = sub.device;
  if (text === '') return;
  gl.debugMessageInsert(GL.DEBUG_SOURCE_APPLICATION, GL.DEBUG_TYPE_MARKER, 0, GL.DEBUG_SEVERITY_NOTIFICATION, -1, text);
}

function pipeResourceCreate(): never {
  throw new GpuError('unsupported', 'blob resources');
}

function pipeResourceSetType(): never {
  throw new GpuError('unsupported', 'blob resources');
}

function getMemoryInfo(): never {
  throw new GpuError('unsupported', 'memory is not told');
}

function getPipeResourceLayout(): never {
  throw new GpuError('unsupported', 'layouts are not told');
}

export const contextHandlers = {
  setSubCtx,
  createSubCtx,
  destroySubCtx,
  setDebugFlags,
  sendStringMarker,
  pipeResourceCreate,
  pipeResourceSetType,
  getMemoryInfo,
  getPipeResourceLayout,
} satisfies Record<string, Handler>;
