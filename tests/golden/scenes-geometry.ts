/** Scenes about what becomes of vertices: instances, transform feedback, tessellation, restarts, indirect draws. */
import * as GL from '../../src/gl/egl/gl-constants.ts';
import { lookAt, multiply, perspective, rotation } from './matrix.ts';
import type { Painter } from './painter.ts';
import type { Scene } from './scene.ts';
import { box, randomNumbers, ring, VERTEX_BYTES } from './shapes.ts';
import type { Shape } from './shapes.ts';

/** Binds a shape to the attributes 0 (place), 1 (normal) and 2 (texture coordinates). */
export function bindShape(painter: Painter, shape: Shape): void {
  painter.vertexArray();
  painter.buffer(GL.ARRAY_BUFFER, shape.vertices);
  painter.buffer(GL.ELEMENT_ARRAY_BUFFER, shape.indices);
  painter.attribute(0, 3, VERTEX_BYTES, 0);
  painter.attribute(1, 3, VERTEX_BYTES, 12);
  painter.attribute(2, 2, VERTEX_BYTES, 24);
}

/** Draws all triangles of the shape that is bound. */
export function drawTriangles({ gl }: Painter, shape: Shape): void {
  gl.drawElements(GL.TRIANGLES, shape.indices.length, GL.UNSIGNED_SHORT, 0);
}

/** Draws the strips of the shape that is bound. */
export function drawStrips({ gl }: Painter, shape: Shape): void {
  gl.enable(GL.PRIMITIVE_RESTART_FIXED_INDEX);
  gl.drawElements(GL.TRIANGLE_STRIP, shape.indices.length, GL.UNSIGNED_SHORT, 0);
  gl.disable(GL.PRIMITIVE_RESTART_FIXED_INDEX);
}

const instances: Scene = {
  name: 'instances',
  shows: 'A field of 225 boxes, each with a place, height and colour of its own from attributes with a divisor.',
  draw(painter) {
    const { gl } = painter;
    const shape = box();
    bindShape(painter, shape);
    const each: number[] = [];
    for (let z = -7; z <= 7; z++)
      for (let x = -7; x <= 7; x++) {
        const height = 0.3 + 1.6 * (0.5 + 0.5 * Math.sin(0.9 * x) * Math.cos(0.7 * z));
        each.push(x, height, z, (x + 7) / 14, height / 2, (z + 7) / 14);
      }
    painter.buffer(GL.ARRAY_BUFFER, Float32Array.from(each));
    painter.attribute(3, 3, 24, 0, 1);
    painter.attribute(4, 3, 24, 12, 1);
    const program = painter.program({
      vertex: `
        layout(location = 0) in vec3 place; layout(location = 1) in vec3 normal;
        layout(location = 3) in vec3 field; layout(location = 4) in vec3 color;
        uniform vec4 view[4];
        out vec3 shade;
        void main() {
          vec3 at = place * vec3(0.42, 0.5 * field.y, 0.42) + vec3(field.x, 0.5 * field.y, field.z);
          shade = color * (0.55 + 0.45 * dot(normal, normalize(vec3(0.3, 0.8, 0.5))));
          gl_Position = mat4(view[0], view[1], view[2], view[3]) * vec4(at, 1.0);
        }`,
      fragment: 'in vec3 shade; layout(location = 0) out vec4 color; void main() { color = vec4(shade, 1.0); }',
    });
    painter.matrix(program, 'view', multiply(perspective(0.9, 1, 1, 50), lookAt([7, 9, 12], [0, 0, 0])));
    gl.enable(GL.DEPTH_TEST);
    gl.enable(GL.CULL_FACE);
    gl.drawElementsInstanced(GL.TRIANGLES, shape.indices.length, GL.UNSIGNED_SHORT, 0, 225);
  },
};

const PARTICLES = 600;

const particles: Scene = {
  name: 'particles',
  shows: 'Sparks that transform feedback moved 40 steps from a fountain, as points of falling size that add up.',
  draw(painter) {
    const { gl } = painter;
    const random = randomNumbers(7);
    const state = new Float32Array(4 * PARTICLES);
    for (let i = 0; i < PARTICLES; i++) state.set([0, -0.8, (random() - 0.5) * 0.05, 0.03 + random() * 0.03], 4 * i);
    const buffers = [painter.buffer(GL.ARRAY_BUFFER, state), painter.buffer(GL.ARRAY_BUFFER, state)];
    const arrays = buffers.map((buffer) => {
      const array = painter.vertexArray();
      gl.bindBuffer(GL.ARRAY_BUFFER, buffer);
      painter.attribute(0, 4, 16, 0);
      return array;
    });
    painter.program({
      vertex: `
        layout(location = 0) in vec4 spark;
        out vec4 next;
        void main() {
          vec4 s = spark;
          s.w -= 0.0016;
          s.xy += s.zw;
          if (s.y < -0.9) { s.y = -1.8 - s.y; s.w = -0.6 * s.w; }
          next = s;
        }`,
      fragment: 'layout(location = 0) out vec4 color; void main() { color = vec4(1.0); }',
      captured: ['next'],
    });
    gl.enable(GL.RASTERIZER_DISCARD);
    for (let step = 0; step < 40; step++) {
      gl.bindVertexArray(arrays[step % 2] ?? 0);
      gl.bindBufferBase(GL.TRANSFORM_FEEDBACK_BUFFER, 0, buffers[(step + 1) % 2] ?? 0);
      gl.beginTransformFeedback(GL.POINTS);
      gl.drawArrays(GL.POINTS, 0, PARTICLES);
      gl.endTransformFeedback();
      gl.bindBufferBase(GL.TRANSFORM_FEEDBACK_BUFFER, 0, 0);
    }
    gl.disable(GL.RASTERIZER_DISCARD);
    // Through the program's own memory, as programs do that look at what was captured.
    const moved = new Uint8Array(16 * PARTICLES);
    painter.read(buffers[0] ?? 0, moved);
    painter.vertexArray();
    painter.buffer(GL.ARRAY_BUFFER, moved);
    painter.attribute(0, 4, 16, 0);
    painter.program({
      vertex: `
        layout(location = 0) in vec4 spark;
        void main() { gl_Position = vec4(spark.xy, 0.0, 1.0); gl_PointSize = 3.0 + 6.0 * (0.5 + 0.5 * spark.y); }`,
      fragment: `
        layout(location = 0) out vec4 color;
        void main() {
          float near = max(0.0, 1.0 - 2.0 * distance(gl_PointCoord, vec2(0.5)));
          color = vec4(1.0, 0.55, 0.2, 1.0) * near;
        }`,
    });
    gl.enable(GL.BLEND);
    gl.blendFunc(GL.ONE, GL.ONE);
    gl.drawArrays(GL.POINTS, 0, PARTICLES);
  },
};

const patch: Scene = {
  name: 'patch',
  shows:
    'A bent patch of 16 points, tessellated more finely towards the right, its triangles outlined by a geometry stage.',
  draw(painter) {
    const { gl } = painter;
    const heights = [0, 0.9, -0.6, 0.2, 0.8, 1.6, -0.4, 0, -0.5, 0.9, 1.7, -0.9, 0, -0.7, 0.6, 0.4];
    const points = heights.flatMap((height, i) => [(i % 4) - 1.5, height, Math.floor(i / 4) - 1.5]);
    painter.vertexArray();
    painter.buffer(GL.ARRAY_BUFFER, Float32Array.from(points));
    painter.attribute(0, 3, 12, 0);
    const program = painter.program({
      vertex: 'layout(location = 0) in vec3 place; void main() { gl_Position = vec4(place, 1.0); }',
      control: `
        layout(vertices = 16) out;
        void main() {
          gl_out[gl_InvocationID].gl_Position = gl_in[gl_InvocationID].gl_Position;
          gl_TessLevelOuter[0] = 4.0; gl_TessLevelOuter[1] = 9.0; gl_TessLevelOuter[2] = 16.0; gl_TessLevelOuter[3] = 9.0;
          gl_TessLevelInner[0] = 11.0; gl_TessLevelInner[1] = 9.0;
        }`,
      evaluation: `
        layout(quads, equal_spacing, ccw) in;
        uniform vec4 view[4];
        out vec3 height;
        vec4 bernstein(float t) { float s = 1.0 - t; return vec4(s * s * s, 3.0 * s * s * t, 3.0 * s * t * t, t * t * t); }
        void main() {
          vec4 bu = bernstein(gl_TessCoord.x); vec4 bv = bernstein(gl_TessCoord.y);
          vec4 at = vec4(0.0);
          for (int i = 0; i < 16; i++) at += bu[i % 4] * bv[i / 4] * gl_in[i].gl_Position;
          height = vec3(0.3 + 0.5 * at.y, gl_TessCoord.xy);
          gl_Position = mat4(view[0], view[1], view[2], view[3]) * at;
        }`,
      geometry: `
        layout(triangles) in; layout(triangle_strip, max_vertices = 3) out;
        in vec3 height[]; out vec3 tint; out vec3 edge;
        void main() {
          for (int i = 0; i < 3; i++) {
            gl_Position = gl_in[i].gl_Position; tint = height[i];
            // Not of 0 and 1 alone: Mesa 25's virgl driver would take them for the same in all corners.
            edge = vec3(0.001 * gl_in[i].gl_Position.w); edge[i] = 1.0;
            EmitVertex();
          }
          EndPrimitive();
        }`,
      fragment: `
        in vec3 tint; in vec3 edge; layout(location = 0) out vec4 color;
        void main() {
          float nearest = min(edge.x, min(edge.y, edge.z));
          color = vec4(mix(vec3(1.0), vec3(0.2 + tint.x, tint.y, 1.0 - tint.z), smoothstep(0.0, 0.12, nearest)), 1.0);
        }`,
    });
    painter.matrix(program, 'view', multiply(perspective(0.8, 1, 1, 20), lookAt([1.5, 3.2, 4], [0, 0.1, 0])));
    gl.enable(GL.DEPTH_TEST);
    gl.patchParameteri(GL.PATCH_VERTICES, 16);
    gl.drawArrays(GL.PATCHES, 0, 16);
  },
};

const lamps: Scene = {
  name: 'lamps',
  shows: 'A ring in strips with restarts, lit by eight coloured lamps out of a uniform block.',
  draw(painter) {
    const { gl } = painter;
    const shape = ring(48, 24, 0.42);
    bindShape(painter, shape);
    const block = Array.from({ length: 8 }, (_, i) => {
      const turn = (2 * Math.PI * i) / 8;
      const color = [0, 2, 4].map((shift) => 0.5 + 0.5 * Math.cos(turn + shift));
      return [1.6 * Math.cos(turn), i % 2 === 0 ? 1 : -0.4, 1.6 * Math.sin(turn), 0, ...color, 0];
    }).flat();
    const program = painter.program({
      vertex: `
        layout(location = 0) in vec3 place; layout(location = 1) in vec3 normal;
        uniform vec4 view[4]; uniform vec4 turn[4];
        out vec3 at; out vec3 upright;
        void main() {
          mat4 turned = mat4(turn[0], turn[1], turn[2], turn[3]);
          at = (turned * vec4(place, 1.0)).xyz; upright = mat3(turned) * normal;
          gl_Position = mat4(view[0], view[1], view[2], view[3]) * vec4(at, 1.0);
        }`,
      fragment: `
        struct Lamp { vec4 place; vec4 color; };
        layout(std140) uniform Lamps { Lamp lamps[8]; };
        in vec3 at; in vec3 upright; layout(location = 0) out vec4 color;
        void main() {
          vec3 sum = vec3(0.03);
          for (int i = 0; i < 8; i++) {
            vec3 way = lamps[i].place.xyz - at;
            sum += lamps[i].color.rgb * max(0.0, dot(normalize(upright), normalize(way))) * 1.2 / (0.4 + dot(way, way));
          }
          color = vec4(sum, 1.0);
        }`,
    });
    gl.uniformBlockBinding(program, gl.getUniformBlockIndex(program, 'Lamps'), 3);
    gl.bindBufferBase(GL.UNIFORM_BUFFER, 3, painter.buffer(GL.UNIFORM_BUFFER, Float32Array.from(block)));
    painter.matrix(program, 'view', multiply(perspective(0.8, 1, 1, 20), lookAt([0, 2.4, 3], [0, 0, 0])));
    painter.matrix(program, 'turn', rotation(0.3, 0.7));
    gl.enable(GL.DEPTH_TEST);
    drawStrips(painter, shape);
  },
};

const indirect: Scene = {
  name: 'indirect',
  shows: 'Turned boxes whose number and first index a compute stage has written for an indirect draw.',
  draw(painter) {
    const { gl } = painter;
    const shape = box();
    bindShape(painter, shape);
    const commands = painter.buffer(GL.SHADER_STORAGE_BUFFER, new Uint32Array(5));
    gl.bindBufferBase(GL.SHADER_STORAGE_BUFFER, 0, commands);
    painter.program({
      compute: `
        layout(local_size_x = 1) in;
        layout(std430, binding = 0) buffer Command { uint count; uint instances; uint first; int base; uint unused; };
        void main() { count = 30u; instances = 9u; first = 6u; base = 0; unused = 0u; }`,
    });
    gl.dispatchCompute(1, 1, 1);
    gl.memoryBarrier(GL.COMMAND_BARRIER_BIT);
    const program = painter.program({
      vertex: `
        layout(location = 0) in vec3 place; layout(location = 1) in vec3 normal;
        uniform vec4 view[4];
        flat out vec3 shade;
        void main() {
          float turn = 0.35 * float(gl_InstanceID);
          vec3 p = vec3(cos(turn) * place.x - sin(turn) * place.y, sin(turn) * place.x + cos(turn) * place.y, place.z);
          p = 0.6 * p + vec3(2.0 * float(gl_InstanceID % 3) - 2.0, 2.0 * float(gl_InstanceID / 3) - 2.0, 0.0);
          shade = 0.5 + 0.5 * normal;
          gl_Position = mat4(view[0], view[1], view[2], view[3]) * vec4(p, 1.0);
        }`,
      fragment: 'flat in vec3 shade; layout(location = 0) out vec4 color; void main() { color = vec4(shade, 1.0); }',
    });
    const view = multiply(perspective(0.7, 1, 1, 30), lookAt([2, 2, 9], [0, 0, 0]));
    painter.matrix(program, 'view', view);
    gl.enable(GL.DEPTH_TEST);
    gl.bindBuffer(GL.DRAW_INDIRECT_BUFFER, commands);
    gl.drawElementsIndirect(GL.TRIANGLES, GL.UNSIGNED_SHORT, 0);
  },
};

const pointsAndLines: Scene = {
  name: 'points-and-lines',
  shows: 'Points of growing size with holes that are discarded, lines of growing width, a loop, and a strip.',
  draw(painter) {
    const { gl } = painter;
    const program = painter.program({
      vertex: `
        layout(location = 0) in vec4 place;
        uniform vec4 tint; out vec4 shade;
        void main() { gl_Position = vec4(place.xy, 0.0, 1.0); gl_PointSize = place.z; shade = mix(tint, vec4(1.0), place.w); }`,
      fragment: `
        in vec4 shade; uniform vec4 holes; layout(location = 0) out vec4 color;
        void main() {
          if (holes.x > 0.5 && fract(gl_PointCoord.x * 3.0) < 0.3 && fract(gl_PointCoord.y * 3.0) < 0.3) discard;
          color = shade;
        }`,
    });
    const draw = (mode: number, hasHoles: boolean, tint: readonly number[], vertices: readonly number[]): void => {
      painter.vertexArray();
      painter.buffer(GL.ARRAY_BUFFER, Float32Array.from(vertices));
      painter.attribute(0, 4, 16, 0);
      painter.vector(program, 'tint', tint[0] ?? 0, tint[1], tint[2], 1);
      painter.vector(program, 'holes', Number(hasHoles));
      gl.drawArrays(mode, 0, vertices.length / 4);
    };
    const points = Array.from({ length: 8 }, (_, i) => [-0.85 + 0.24 * i, 0.75, 4 + 4 * i, 0]).flat();
    draw(GL.POINTS, true, [1, 0.7, 0.1], points);
    for (let width = 1; width <= 6; width++) {
      gl.lineWidth(width);
      const y = 0.4 - 0.13 * width;
      draw(GL.LINES, false, [0.2, 0.8, 0.4], [-0.9, y, 1, 0, 0.1, y + 0.1, 1, 1]);
    }
    gl.lineWidth(1);
    const star = (turn: number): number[] => [0.55 + 0.35 * Math.cos(turn), 0.35 * Math.sin(turn), 1, 0];
    draw(
      GL.LINE_LOOP,
      false,
      [0.4, 0.6, 1],
      Array.from({ length: 7 }, (_, i) => star((i * 3 * 2 * Math.PI) / 7)).flat(),
    );
    const wave = Array.from({ length: 60 }, (_, i) => [-0.9 + 0.03 * i, -0.75 + 0.15 * Math.sin(i / 3), 1, i / 60]);
    gl.lineWidth(2);
    draw(GL.LINE_STRIP, false, [1, 0.2, 0.5], wave.flat());
  },
};

export const geometryScenes: readonly Scene[] = [instances, particles, patch, lamps, indirect, pointsAndLines];
