/** Scenes about textures: levels, cubes, volumes, layers, sRGB, formats, and what compute stages write into them. */
import * as GL from '../../src/gl/egl/gl-constants.ts';
import { lookAt, multiply, perspective, rotation } from './matrix.ts';
import { SIDE } from './painter.ts';
import type { Painter } from './painter.ts';
import type { Scene } from './scene.ts';
import { bindShape, drawStrips, drawTriangles } from './scenes-geometry.ts';
import { ball, box, checks, ground, texels } from './shapes.ts';

const CORNERS = `
  layout(location = 0) in vec2 place; out vec2 at;
  void main() { at = 0.5 + 0.5 * place; gl_Position = vec4(place, 0.0, 1.0); }`;

/** A program that fills the picture by where it is: `at` from 0 to 1. */
function fill(painter: Painter, fragment: string): number {
  painter.bindCorners();
  return painter.program({ vertex: CORNERS, fragment: `in vec2 at; layout(location = 0) out vec4 color; ${fragment}` });
}

const TEXTURED = {
  vertex: `
    layout(location = 0) in vec3 place; layout(location = 1) in vec3 normal; layout(location = 2) in vec2 coordinates;
    uniform vec4 view[4]; uniform vec4 turn[4];
    out vec2 at; out float light;
    void main() {
      mat4 turned = mat4(turn[0], turn[1], turn[2], turn[3]);
      at = coordinates;
      light = 0.6 + 0.4 * dot(mat3(turned) * normal, vec3(0.36, 0.8, 0.48));
      gl_Position = mat4(view[0], view[1], view[2], view[3]) * (turned * vec4(place, 1.0));
    }`,
  fragment: `
    in vec2 at; in float light; uniform sampler2D image; layout(location = 0) out vec4 color;
    void main() { color = vec4(texture(image, at).rgb * light, 1.0); }`,
};

const mipmaps: Scene = {
  name: 'mipmaps',
  shows:
    'A checked ground to the horizon, smooth by its levels, each of which has its own tint; a box of the same stands on it.',
  draw(painter) {
    const { gl } = painter;
    painter.clear(0.55, 0.7, 0.85);
    const filter = { min: GL.LINEAR_MIPMAP_LINEAR, mag: GL.NEAREST, wrap: GL.REPEAT, levels: 7 };
    painter.texture2d(64, 64, checks(64, 8, [255, 240, 210, 255], [90, 50, 30, 255]), filter);
    gl.generateMipmap(GL.TEXTURE_2D);
    // One level by hand: it shows as a band.
    gl.texSubImage2D(
      GL.TEXTURE_2D,
      3,
      0,
      0,
      8,
      8,
      GL.RGBA,
      GL.UNSIGNED_BYTE,
      checks(8, 1, [255, 60, 60, 255], [120, 0, 0, 255]),
    );
    const program = painter.program(TEXTURED);
    painter.matrix(program, 'view', multiply(perspective(0.8, 1, 0.5, 200), lookAt([2, 2.4, 7], [0, 0.6, 0])));
    gl.enable(GL.DEPTH_TEST);
    const floor = ground(60, 60);
    bindShape(painter, floor);
    painter.matrix(program, 'turn', rotation(0, 0));
    drawTriangles(painter, floor);
    const cube = box();
    bindShape(painter, cube);
    painter.matrix(program, 'turn', multiply([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 1, 2, 1], rotation(0, 0.6)));
    drawTriangles(painter, cube);
  },
};

const cubeMap: Scene = {
  name: 'cube-map',
  shows: 'A ball that mirrors a room of six coloured, checked walls.',
  draw(painter) {
    const { gl } = painter;
    painter.texture(GL.TEXTURE_CUBE_MAP, { min: GL.LINEAR_MIPMAP_LINEAR, mag: GL.LINEAR });
    gl.texStorage2D(GL.TEXTURE_CUBE_MAP, 6, GL.RGBA8, 32, 32);
    for (let face = 0; face < 6; face++) {
      const color = [1, 2, 4].map((bit) => (((face + 1) & bit) === 0 ? 60 : 230));
      const light = [color[0] ?? 0, color[1] ?? 0, color[2] ?? 0, 255] as const;
      const texels32 = checks(32, 8, light, [light[0] / 3, light[1] / 3, light[2] / 3, 255]);
      const target = GL.TEXTURE_CUBE_MAP_POSITIVE_X + face;
      gl.texSubImage2D(target, 0, 0, 0, 32, 32, GL.RGBA, GL.UNSIGNED_BYTE, texels32);
    }
    gl.generateMipmap(GL.TEXTURE_CUBE_MAP);
    const shape = ball(40, 24);
    bindShape(painter, shape);
    const program = painter.program({
      vertex: `
        layout(location = 0) in vec3 place; uniform vec4 view[4]; out vec3 at;
        void main() { at = place; gl_Position = mat4(view[0], view[1], view[2], view[3]) * vec4(place, 1.0); }`,
      fragment: `
        in vec3 at; uniform samplerCube room; uniform vec4 eye; layout(location = 0) out vec4 color;
        void main() { color = vec4(texture(room, reflect(at - eye.xyz, normalize(at))).rgb, 1.0); }`,
    });
    painter.matrix(program, 'view', multiply(perspective(0.8, 1, 1, 20), lookAt([1, 1, 2.5], [0, 0, 0])));
    painter.vector(program, 'eye', 1, 1, 2.5);
    gl.enable(GL.DEPTH_TEST);
    gl.enable(GL.CULL_FACE);
    drawStrips(painter, shape);
  },
};

const volume: Scene = {
  name: 'volume',
  shows: 'A cloud of two balls in a texture of three dimensions, looked through in 32 steps.',
  draw(painter) {
    const { gl } = painter;
    const side = 24;
    const cloud = texels(side, side * side, (x, row) => {
      const [y, z] = [row % side, Math.floor(row / side)];
      const level = (cx: number, cy: number, cz: number): number =>
        Math.max(0, Math.min(255, 255 - 26 * Math.hypot(x - cx, y - cy, z - cz)));
      return [level(8, 14, 10), level(16, 8, 14), level(12, 11, 4), 255];
    });
    painter.texture(GL.TEXTURE_3D, { min: GL.LINEAR, mag: GL.LINEAR });
    gl.texStorage3D(GL.TEXTURE_3D, 1, GL.RGBA8, side, side, side);
    gl.texSubImage3D(GL.TEXTURE_3D, 0, 0, 0, 0, side, side, side, GL.RGBA, GL.UNSIGNED_BYTE, cloud);
    fill(
      painter,
      `uniform sampler3D cloud;
      void main() {
        vec3 sum = vec3(0.0);
        for (int i = 0; i < 32; i++) {
          float depth = (float(i) + 0.5) / 32.0;
          vec3 p = vec3(at.x + 0.4 * (depth - 0.5), at.y - 0.25 * (depth - 0.5), depth);
          if (all(greaterThan(p, vec3(0.0))) && all(lessThan(p, vec3(1.0)))) sum += texture(cloud, p).rgb / 12.0;
        }
        color = vec4(sum, 1.0);
      }`,
    );
    gl.drawArrays(GL.TRIANGLE_STRIP, 0, 4);
  },
};

const srgb: Scene = {
  name: 'srgb',
  shows:
    'Bars at half strength over a gradient, mixed in sRGB (above, lighter where they cross) and in plain numbers (below).',
  draw(painter) {
    const { gl } = painter;
    const formats = [GL.RGBA8, GL.SRGB8_ALPHA8];
    const target = (format: number): { texture: number; framebuffer: number } => {
      const texture = painter.texture(GL.TEXTURE_2D);
      gl.texStorage2D(GL.TEXTURE_2D, 1, format, SIDE, SIDE / 2);
      return { texture, framebuffer: painter.textureFramebuffer(new Map([[GL.COLOR_ATTACHMENT0, texture]])) };
    };
    // A copy of the bytes as they are: blits and samplers would turn sRGB back.
    const bytes = target(GL.RGBA8);
    const program = fill(
      painter,
      `uniform vec4 bar; uniform vec4 tint;
      void main() {
        float place = bar.w > 0.5 ? at.y : at.x;
        if (bar.z < 0.5) { color = vec4(at.x, 0.25 * at.y, 0.4 * (1.0 - at.x), 1.0); return; }
        if (place < bar.x || place > bar.y) discard;
        color = tint;
      }`,
    );
    for (const [i, format] of formats.entries()) {
      const { texture } = target(format);
      gl.viewport(0, 0, SIDE, SIDE / 2);
      gl.disable(GL.BLEND);
      painter.vector(program, 'bar', 0, 1, 0, 0);
      gl.drawArrays(GL.TRIANGLE_STRIP, 0, 4);
      gl.enable(GL.BLEND);
      gl.blendFunc(GL.SRC_ALPHA, GL.ONE_MINUS_SRC_ALPHA);
      for (let bar = 0; bar < 6; bar++) {
        const isUpright = Number(bar < 4);
        const from = bar < 4 ? 0.1 + 0.22 * bar : 0.2 + 0.4 * (bar - 4);
        painter.vector(program, 'bar', from, from + 0.12, 1, 1 - isUpright);
        painter.vector(program, 'tint', Number(bar % 3 === 0), Number(bar % 3 !== 1), Number(bar % 2 === 0), 0.5);
        gl.drawArrays(GL.TRIANGLE_STRIP, 0, 4);
      }
      gl.disable(GL.BLEND);
      gl.copyImageSubData(
        texture,
        GL.TEXTURE_2D,
        0,
        0,
        0,
        0,
        bytes.texture,
        GL.TEXTURE_2D,
        0,
        0,
        0,
        0,
        SIDE,
        SIDE / 2,
        1,
      );
      painter.bindScreen();
      gl.bindFramebuffer(GL.READ_FRAMEBUFFER, bytes.framebuffer);
      const bottom = (i * SIDE) / 2;
      gl.blitFramebuffer(0, 0, SIDE, SIDE / 2, 0, bottom, SIDE, bottom + SIDE / 2, GL.COLOR_BUFFER_BIT, GL.NEAREST);
    }
  },
};

const computed: Scene = {
  name: 'computed',
  shows:
    'A Julia set that a compute stage wrote as an image; below, how often each of 64 shades came, as a storage buffer counted.',
  draw(painter) {
    const { gl } = painter;
    const image = painter.texture(GL.TEXTURE_2D);
    gl.texStorage2D(GL.TEXTURE_2D, 1, GL.RGBA8, SIDE, SIDE);
    gl.bindImageTexture(0, image, 0, false, 0, GL.WRITE_ONLY, GL.RGBA8);
    gl.bindBufferBase(GL.SHADER_STORAGE_BUFFER, 1, painter.buffer(GL.SHADER_STORAGE_BUFFER, new Uint32Array(64)));
    painter.program({
      compute: `
        layout(local_size_x = 16, local_size_y = 8) in;
        layout(rgba8, binding = 0) writeonly uniform image2D target;
        layout(std430, binding = 1) buffer Counts { uint counts[64]; };
        shared uint most;
        void main() {
          if (gl_LocalInvocationIndex == 0u) most = 0u;
          barrier();
          vec2 z = vec2(gl_GlobalInvocationID.xy) / 85.0 - 1.5;
          uint n = 0u;
          while (n < 63u && dot(z, z) < 4.0) { z = vec2(z.x * z.x - z.y * z.y, 2.0 * z.x * z.y) + vec2(-0.75, 0.125); n++; }
          atomicAdd(counts[n], 1u);
          atomicMax(most, n);
          barrier();
          float s = float(n) / 63.0;
          imageStore(target, ivec2(gl_GlobalInvocationID.xy), vec4(s, s * s, float(most) / 126.0, 1.0));
        }`,
    });
    gl.dispatchCompute(SIDE / 16, SIDE / 8, 1);
    gl.memoryBarrier(GL.TEXTURE_FETCH_BARRIER_BIT | GL.SHADER_STORAGE_BARRIER_BIT);
    fill(
      painter,
      `uniform sampler2D image;
      layout(std430, binding = 1) readonly buffer Counts { uint counts[64]; };
      void main() {
        color = texelFetch(image, ivec2(gl_FragCoord.xy), 0);
        if (gl_FragCoord.y < 64.0 && float(counts[int(gl_FragCoord.x) / 4]) / 40.0 > gl_FragCoord.y) color = vec4(1.0, 0.9, 0.4, 1.0);
      }`,
    );
    gl.drawArrays(GL.TRIANGLE_STRIP, 0, 4);
  },
};

interface Tile {
  readonly internal: number;
  readonly format: number;
  readonly type: number;
  /** A texel of a colour, each channel from 0 to 1. */
  readonly texel: (red: number, green: number, blue: number) => readonly number[];
  readonly array: 'u8' | 'u16' | 'u32' | 'f32';
  readonly swizzle?: readonly number[];
}

const TILES: readonly Tile[] = [
  {
    internal: GL.RGB565,
    format: GL.RGB,
    type: GL.UNSIGNED_SHORT_5_6_5,
    array: 'u16',
    texel: (r, g, b) => [(Math.round(31 * r) << 11) | (Math.round(63 * g) << 5) | Math.round(31 * b)],
  },
  {
    internal: GL.RGBA4,
    format: GL.RGBA,
    type: GL.UNSIGNED_SHORT_4_4_4_4,
    array: 'u16',
    texel: (r, g, b) => [(Math.round(15 * r) << 12) | (Math.round(15 * g) << 8) | (Math.round(15 * b) << 4) | 15],
  },
  {
    internal: GL.RGB5_A1,
    format: GL.RGBA,
    type: GL.UNSIGNED_SHORT_5_5_5_1,
    array: 'u16',
    texel: (r, g, b) => [(Math.round(31 * r) << 11) | (Math.round(31 * g) << 6) | (Math.round(31 * b) << 1) | 1],
  },
  {
    internal: GL.RGB10_A2,
    format: GL.RGBA,
    type: GL.UNSIGNED_INT_2_10_10_10_REV,
    array: 'u32',
    texel: (r, g, b) => [
      (Math.round(1023 * r) | (Math.round(1023 * g) << 10) | (Math.round(1023 * b) << 20) | (3 << 30)) >>> 0,
    ],
  },
  { internal: GL.R8, format: GL.RED, type: GL.UNSIGNED_BYTE, array: 'u8', texel: (r) => [255 * r] },
  { internal: GL.RG8, format: GL.RG, type: GL.UNSIGNED_BYTE, array: 'u8', texel: (r, g) => [255 * r, 255 * g] },
  {
    internal: GL.RGB8,
    format: GL.RGB,
    type: GL.UNSIGNED_BYTE,
    array: 'u8',
    texel: (r, g, b) => [255 * r, 255 * g, 255 * b],
  },
  {
    internal: GL.SRGB8_ALPHA8,
    format: GL.RGBA,
    type: GL.UNSIGNED_BYTE,
    array: 'u8',
    texel: (r, g, b) => [255 * r, 255 * g, 255 * b, 255],
  },
  { internal: GL.R16F, format: GL.RED, type: GL.FLOAT, array: 'f32', texel: (r) => [r] },
  { internal: GL.RGBA16F, format: GL.RGBA, type: GL.FLOAT, array: 'f32', texel: (r, g, b) => [r, g, b, 1] },
  { internal: GL.R11F_G11F_B10F, format: GL.RGB, type: GL.FLOAT, array: 'f32', texel: (r, g, b) => [r, g, b] },
  { internal: GL.RGB9_E5, format: GL.RGB, type: GL.FLOAT, array: 'f32', texel: (r, g, b) => [r, g, b] },
  { internal: GL.RGBA32F, format: GL.RGBA, type: GL.FLOAT, array: 'f32', texel: (r, g, b) => [r, g, b, 1] },
  {
    internal: GL.RGBA8_SNORM,
    format: GL.RGBA,
    type: GL.BYTE,
    array: 'u8',
    texel: (r, g, b) => [127 * r, 127 * g, 127 * b, 127],
  },
  {
    internal: GL.R8,
    format: GL.RED,
    type: GL.UNSIGNED_BYTE,
    array: 'u8',
    texel: (r) => [255 * r],
    swizzle: [GL.ONE, GL.RED, GL.ZERO, GL.ONE],
  },
  {
    internal: GL.RGBA8,
    format: GL.RGBA,
    type: GL.UNSIGNED_BYTE,
    array: 'u8',
    texel: (r, g, b) => [255 * r, 255 * g, 255 * b, 255],
    swizzle: [GL.BLUE, GL.RED, GL.GREEN, GL.ONE],
  },
];
const ARRAYS = { u8: Uint8Array, u16: Uint16Array, u32: Uint32Array, f32: Float32Array };

const formats: Scene = {
  name: 'formats',
  shows: 'The same gradient in 16 texture formats, the last two with swizzled channels.',
  draw(painter) {
    const { gl } = painter;
    fill(painter, 'uniform sampler2D image; void main() { color = vec4(texture(image, at).rgb, 1.0); }');
    const side = 16;
    for (const [i, { internal, format, type, texel, array, swizzle }] of TILES.entries()) {
      painter.texture(GL.TEXTURE_2D);
      gl.texStorage2D(GL.TEXTURE_2D, 1, internal, side, side);
      const values = Array.from({ length: side * side }, (_, at) => {
        const [x, y] = [(at % side) / (side - 1), Math.floor(at / side) / (side - 1)];
        return texel(x, y, (2 - x - y) / 2);
      });
      gl.pixelStorei(GL.UNPACK_ALIGNMENT, 1);
      gl.texSubImage2D(GL.TEXTURE_2D, 0, 0, 0, side, side, format, type, ARRAYS[array].from(values.flat()));
      for (const [channel, value] of (swizzle ?? []).entries())
        gl.texParameteri(GL.TEXTURE_2D, GL.TEXTURE_SWIZZLE_R + channel, value);
      gl.viewport((i % 4) * 64 + 2, 194 - Math.floor(i / 4) * 64, 60, 60);
      gl.drawArrays(GL.TRIANGLE_STRIP, 0, 4);
    }
  },
};

const layers: Scene = {
  name: 'layers',
  shows:
    'Eight layers of one texture, each drawn by a geometry stage of its own invocation, and a block-compressed texture as ground.',
  draw(painter) {
    const { gl } = painter;
    const texture = painter.texture(GL.TEXTURE_2D_ARRAY, { min: GL.LINEAR, mag: GL.LINEAR });
    gl.texStorage3D(GL.TEXTURE_2D_ARRAY, 1, GL.RGBA8, 64, 64, 8);
    painter.framebuffer([]);
    gl.framebufferTexture(GL.FRAMEBUFFER, GL.COLOR_ATTACHMENT0, texture, 0);
    painter.checkFramebuffer();
    gl.viewport(0, 0, 64, 64);
    painter.vertexArray();
    painter.program({
      vertex: 'void main() { gl_Position = vec4(0.0, 0.0, 0.0, 1.0); }',
      geometry: `
        layout(points, invocations = 8) in; layout(triangle_strip, max_vertices = 8) out;
        flat out int layer;
        void main() {
          for (int i = 0; i < 8; i++) {
            float turn = float(i / 2) * 6.2832 / float(gl_InvocationID + 3) * float(i % 2) + float(i / 2);
            gl_Position = vec4(i % 2 == 0 ? vec2(0.0) : 0.9 * vec2(cos(turn), sin(turn)), 0.0, 1.0);
            layer = gl_InvocationID; gl_Layer = gl_InvocationID;
            EmitVertex();
          }
          EndPrimitive();
        }`,
      fragment: `
        flat in int layer; layout(location = 0) out vec4 color;
        void main() { color = vec4(float(layer & 1), float(layer >> 1 & 1), float(layer >> 2), 1.0) * 0.7 + 0.3; }`,
    });
    gl.drawArrays(GL.POINTS, 0, 1);
    painter.bindScreen();
    gl.texParameteri(GL.TEXTURE_2D_ARRAY, GL.TEXTURE_MIN_FILTER, GL.LINEAR);
    gl.activeTexture(GL.TEXTURE1);
    painter.texture(GL.TEXTURE_2D, { wrap: GL.REPEAT });
    // Blocks in the individual mode of ETC1: two halves of a base colour each, brightness by two bits a texel.
    const blocks = Uint8Array.from(
      { length: 4 * 8 },
      (_, i) => [0x63, 0x42, 0xb8, 0x24, 0x5a, 0xc3, 0x96, 0x0f][(i + (i >> 3)) % 8] ?? 0,
    );
    gl.compressedTexImage2D(GL.TEXTURE_2D, 0, GL.COMPRESSED_RGB8_ETC2, 8, 8, 0, blocks.length, blocks);
    const program = fill(
      painter,
      `uniform sampler2DArray leaves; uniform sampler2D ground;
      void main() {
        vec2 cell = at * vec2(4.0, 2.0);
        vec4 leaf = texture(leaves, vec3(fract(cell), floor(cell.x) + 4.0 * floor(cell.y)));
        color = leaf.a > 0.5 ? vec4(leaf.rgb, 1.0) : texture(ground, at * 8.0) * 0.5;
      }`,
    );
    gl.uniform1i(gl.getUniformLocation(program, 'ground'), 1);
    gl.drawArrays(GL.TRIANGLE_STRIP, 0, 4);
  },
};

export const textureScenes: readonly Scene[] = [mipmaps, cubeMap, volume, srgb, computed, formats, layers];
