/** Binds what vertices are fetched from. */
import * as GL from '../egl/gl-constants.ts';
import { DIRTY } from './dirty.ts';
import type { SubContext } from './sub-context.ts';
import { VIRGL } from './virgl-limits.ts';

/** Stands for our own buffer, which may become another at any time. */
const NOTHING = -1;

/** Binds vertex array, vertex buffers and index buffer as far as they changed. */
export function emitVertices(sub: SubContext, isIndexed: boolean): void {
  const { bindings } = sub.device;
  const { vertexElements } = sub;
  if (vertexElements === null) sub.draw.bindNoAttributes();
  else {
    bindings.bindVertexArray(vertexElements.vertexArray);
    if ((sub.dirty & (DIRTY.vertexBuffers | DIRTY.vertexElements)) !== 0) {
      for (let slot = 0; slot < VIRGL.vertexBuffers; slot++) {
        if (vertexElements.buffers >>> slot === 0) break;
        if (((vertexElements.buffers >>> slot) & 1) === 0) continue;
        const { resource, stride, offset } = sub.vertexBuffers[slot]!;
        if (resource === null || slot >= sub.vertexBufferCount) {
          vertexElements.bindBuffer(slot, NOTHING, sub.draw.zeroBuffer(4096), 0, 0);
        } else vertexElements.bindBuffer(slot, resource.serial, resource.buffer, offset, stride);
      }
    }
  }
  if (isIndexed) bindings.bindBuffer(GL.ELEMENT_ARRAY_BUFFER, sub.indexBuffer?.buffer ?? 0);
}
