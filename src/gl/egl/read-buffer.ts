/** Reading what is in a buffer object. */
import koffi from 'koffi';
import * as GL from './gl-constants.ts';
import type { GlApi } from './gl-loader.ts';

/** Copies bytes of the buffer that is bound to COPY_READ_BUFFER, from an offset on. OpenGL ES can only map them. */
export function readBuffer(gl: GlApi, offset: number, into: Uint8Array): void {
  if (gl.available.has('getBufferSubData')) {
    gl.getBufferSubData(GL.COPY_READ_BUFFER, offset, into.length, into);
    return;
  }
  if (into.length === 0) return;
  const address = gl.mapBufferRange(GL.COPY_READ_BUFFER, offset, into.length, GL.MAP_READ_BIT);
  if (address === 0) return;
  into.set(new Uint8Array(koffi.view(BigInt(address), into.length)));
  gl.unmapBuffer(GL.COPY_READ_BUFFER);
}
