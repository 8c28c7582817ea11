/** Binds what vertices are fetched from. */
import * as GL from '../egl/gl-constants.ts';
import { DIRTY } from './dirty.ts';
import type { SubContext } from './sub-context.ts';

/** Binds vertex array, vertex buffers and index buffer as far as they changed. */
export function emitVertices(sub: SubContext, isIndexed: boolean): void {
  const { bindings } = sub.device;
  const { vertexElements } = sub;
  if (vertexElements === null) sub.draw.bindNoAttributes();
  else {
    bindings.bindVertexArray(vertexElements.vertexArray);
    if ((sub.dirty & (DIRTY.vertexBuffers | DIRTY.vertexElements)) !== 0) {
      sub.vertexBuffers.forEach(({ resource, stride, offset }, slot) => {
        if (((vertexElements.buffers >>> slot) & 1) === 0) return;
        const isThere = resource !== null && slot < sub.vertexBufferCount;
        vertexElements.bindBuffer(
          slot,
          isThere ? resource.buffer : sub.draw.zeroBuffer(4096),
          isThere ? offset : 0,
          isThere ? stride : 0,
        );
      });
    }
  }
  if (isIndexed) bindings.bindBuffer(GL.ELEMENT_ARRAY_BUFFER, sub.indexBuffer?.buffer ?? 0);
}
