/** Scenes about what fragments meet: depth, stencil, samples, blending, scissors, copies. */
import * as GL from '../../src/gl/egl/gl-constants.ts';
import { lookAt, multiply, orthographic, perspective, rotation, translation } from './matrix.ts';
import type { Matrix } from './matrix.ts';
import { SIDE } from './painter.ts';
import type { Painter } from './painter.ts';
import type { Scene } from './scene.ts';
import { bindShape, drawStrips, drawTriangles } from './scenes-geometry.ts';
import { ball, box, checks, ground, ring } from './shapes.ts';

const PLAIN = {
  vertex: `
    layout(location = 0) in vec3 place; layout(location = 1) in vec3 normal;
    uniform vec4 view[4]; uniform vec4 turn[4];
    out float light;
    void main() {
      mat4 turned = mat4(turn[0], turn[1], turn[2], turn[3]);
      light = 0.55 + 0.45 * dot(mat3(turned) * normal, vec3(0.36, 0.8, 0.48));
      gl_Position = mat4(view[0], view[1], view[2], view[3]) * (turned * vec4(place, 1.0));
    }`,
  fragment: `
    in float light; uniform vec4 tint; layout(location = 0) out vec4 color;
    void main() { color = vec4(tint.rgb * light, tint.a); }`,
};
const VIEW = multiply(perspective(0.8, 1, 1, 30), lookAt([2.5, 3.5, 6], [0, 0.6, 0]));
const STILL = rotation(0, 0);

const samples: Scene = {
  name: 'samples',
  shows:
    'A fan of thin triangles with four samples a pixel, resolved, beside the same with one; coverage by alpha below.',
  draw(painter) {
    const { gl } = painter;
    const program = painter.program({
      vertex: `
        layout(location = 0) in vec2 place; uniform vec4 shift;
        void main() { gl_Position = vec4(place * shift.z + shift.xy, 0.0, 1.0); }`,
      fragment: 'uniform vec4 tint; layout(location = 0) out vec4 color; void main() { color = tint; }',
    });
    const fan: number[] = [];
    for (let i = 0; i < 24; i++)
      for (const [turn, far] of [
        [i, 0.1],
        [i, 1],
        [i + 0.35, 1],
      ] as const)
        fan.push(far * Math.cos((turn * Math.PI) / 12), far * Math.sin((turn * Math.PI) / 12));
    painter.buffer(GL.ARRAY_BUFFER, Float32Array.from(fan));
    painter.attribute(0, 2, 8, 0);
    for (const [i, count] of [4, 0].entries()) {
      const color = painter.renderbuffer(GL.RGBA8, SIDE, SIDE, count);
      const framebuffer = painter.framebuffer([color], painter.renderbuffer(GL.DEPTH24_STENCIL8, SIDE, SIDE, count));
      painter.clear(0.1, 0.1, 0.2);
      painter.vector(program, 'tint', 1, 0.9, 0.5, 1);
      painter.vector(program, 'shift', 0, 0.4, 0.55);
      gl.drawArrays(GL.TRIANGLES, 0, 72);
      gl.enable(GL.SAMPLE_ALPHA_TO_COVERAGE);
      painter.vector(program, 'tint', 0.3, 1, 0.6, 0.5);
      painter.vector(program, 'shift', -0.1, -0.6, 0.35);
      gl.drawArrays(GL.TRIANGLES, 0, 72);
      gl.disable(GL.SAMPLE_ALPHA_TO_COVERAGE);
      const resolved = painter.framebuffer([painter.renderbuffer(GL.RGBA8, SIDE, SIDE)]);
      gl.bindFramebuffer(GL.READ_FRAMEBUFFER, framebuffer);
      gl.blitFramebuffer(0, 0, SIDE, SIDE, 0, 0, SIDE, SIDE, GL.COLOR_BUFFER_BIT, GL.NEAREST);
      painter.bindScreen();
      gl.bindFramebuffer(GL.READ_FRAMEBUFFER, resolved);
      const half = SIDE / 2;
      const left = i * half;
      gl.blitFramebuffer(64, 0, 64 + half, SIDE, left, 0, left + half, SIDE, GL.COLOR_BUFFER_BIT, GL.NEAREST);
    }
  },
};

const stencilShadow: Scene = {
  name: 'stencil-shadow',
  shows:
    'A box and its shadow on the ground: the sides of the shadow are counted in the stencil, up behind backs and down behind fronts.',
  draw(painter) {
    const { gl } = painter;
    painter.clear(0.3, 0.4, 0.5);
    const program = painter.program(PLAIN);
    painter.matrix(program, 'view', VIEW);
    gl.enable(GL.DEPTH_TEST);
    const turn = multiply(translation([0, 1.4, 0], 0.7), rotation(0.5, 0.6));
    const [floor, cube] = [ground(4), box()];
    const draw = (brightness: number): void => {
      bindShape(painter, floor);
      painter.matrix(program, 'turn', STILL);
      painter.vector(program, 'tint', 0.9 * brightness, 0.85 * brightness, 0.7 * brightness, 1);
      drawTriangles(painter, floor);
      bindShape(painter, cube);
      painter.matrix(program, 'turn', turn);
      painter.vector(program, 'tint', 0.3 * brightness, 0.6 * brightness, brightness, 1);
      drawTriangles(painter, cube);
    };
    draw(1);
    // The volume: faces that look away from the light are pushed along it.
    const light = [-0.5, -1, -0.35];
    const volume = painter.program({
      vertex: `
        layout(location = 0) in vec3 place; layout(location = 1) in vec3 normal;
        uniform vec4 view[4]; uniform vec4 turn[4]; uniform vec4 light;
        out vec3 from;
        void main() { gl_Position = mat4(turn[0], turn[1], turn[2], turn[3]) * vec4(place, 1.0); from = mat3(turn[0].xyz, turn[1].xyz, turn[2].xyz) * normal; }`,
      geometry: `
        layout(triangles) in; layout(triangle_strip, max_vertices = 18) out;
        uniform vec4 view[4]; uniform vec4 light;
        in vec3 from[];
        mat4 camera() { return mat4(view[0], view[1], view[2], view[3]); }
        void emit(vec4 place, float far) { gl_Position = camera() * (place + far * vec4(light.xyz, 0.0)); EmitVertex(); }
        void main() {
          if (dot(from[0], light.xyz) > 0.0) return;
          for (int i = 0; i < 3; i++) {
            int next = (i + 1) % 3;
            emit(gl_in[i].gl_Position, 0.0); emit(gl_in[i].gl_Position, 6.0);
            emit(gl_in[next].gl_Position, 0.0); emit(gl_in[next].gl_Position, 6.0);
            EndPrimitive();
          }
          for (int i = 0; i < 3; i++) emit(gl_in[i].gl_Position, 0.0);
          EndPrimitive();
          emit(gl_in[0].gl_Position, 6.0); emit(gl_in[2].gl_Position, 6.0); emit(gl_in[1].gl_Position, 6.0);
          EndPrimitive();
        }`,
      fragment: 'layout(location = 0) out vec4 color; void main() { color = vec4(1.0); }',
    });
    painter.matrix(volume, 'view', VIEW);
    painter.matrix(volume, 'turn', turn);
    painter.vector(volume, 'light', light[0] ?? 0, light[1], light[2]);
    gl.enable(GL.STENCIL_TEST);
    gl.colorMask(false, false, false, false);
    gl.depthMask(false);
    gl.depthFunc(GL.LESS);
    gl.stencilFunc(GL.ALWAYS, 0, 0xff);
    gl.stencilOpSeparate(GL.BACK, GL.KEEP, GL.INCR_WRAP, GL.KEEP);
    gl.stencilOpSeparate(GL.FRONT, GL.KEEP, GL.DECR_WRAP, GL.KEEP);
    drawTriangles(painter, cube);
    gl.colorMask(true, true, true, true);
    gl.stencilFunc(GL.NOTEQUAL, 0, 0xff);
    gl.stencilOp(GL.KEEP, GL.KEEP, GL.KEEP);
    gl.depthFunc(GL.LEQUAL);
    gl.useProgram(program);
    draw(0.35);
  },
};

const shadowMap: Scene = {
  name: 'shadow-map',
  shows: 'A ring and a ball with soft shadows: a depth texture from the light, compared at four places a pixel.',
  draw(painter) {
    const { gl } = painter;
    const [floor, hoop, sphere] = [ground(4), ring(40, 20, 0.25), ball(32, 20)];
    const parts = [
      { shape: floor, turn: STILL, tint: [0.85, 0.8, 0.7], strips: false },
      {
        shape: hoop,
        turn: multiply(translation([0, 1.2, 0]), rotation(0.9, 0.4)),
        tint: [0.9, 0.4, 0.3],
        strips: true,
      },
      { shape: sphere, turn: translation([0.3, 1.2, 0.2], 0.45), tint: [0.4, 0.7, 0.9], strips: true },
    ];
    const draw = (program: number): void => {
      for (const { shape, turn, tint, strips } of parts) {
        bindShape(painter, shape);
        painter.matrix(program, 'turn', turn);
        painter.vector(program, 'tint', tint[0] ?? 0, tint[1], tint[2], 1);
        if (strips) drawStrips(painter, shape);
        else drawTriangles(painter, shape);
      }
    };
    const fromLight = multiply(orthographic(4, 1, 14), lookAt([3, 6, 2], [0, 0, 0]));
    const depth = painter.texture(GL.TEXTURE_2D, { min: GL.LINEAR, mag: GL.LINEAR });
    gl.texParameteri(GL.TEXTURE_2D, GL.TEXTURE_COMPARE_MODE, GL.COMPARE_REF_TO_TEXTURE);
    gl.texParameteri(GL.TEXTURE_2D, GL.TEXTURE_COMPARE_FUNC, GL.LEQUAL);
    gl.texStorage2D(GL.TEXTURE_2D, 1, GL.DEPTH_COMPONENT24, 512, 512);
    painter.framebuffer([]);
    gl.framebufferTexture2D(GL.FRAMEBUFFER, GL.DEPTH_ATTACHMENT, GL.TEXTURE_2D, depth, 0);
    painter.drawBuffers(0);
    painter.checkFramebuffer();
    gl.viewport(0, 0, 512, 512);
    gl.clear(GL.DEPTH_BUFFER_BIT);
    gl.enable(GL.DEPTH_TEST);
    gl.enable(GL.POLYGON_OFFSET_FILL);
    gl.polygonOffset(2, 4);
    const plain = painter.program(PLAIN);
    painter.matrix(plain, 'view', fromLight);
    draw(plain);
    gl.disable(GL.POLYGON_OFFSET_FILL);
    painter.bindScreen();
    painter.clear(0.2, 0.25, 0.35);
    const lit = painter.program({
      vertex: `
        layout(location = 0) in vec3 place; layout(location = 1) in vec3 normal;
        uniform vec4 view[4]; uniform vec4 turn[4]; uniform vec4 lamp[4];
        out float light; out vec3 seen;
        void main() {
          mat4 turned = mat4(turn[0], turn[1], turn[2], turn[3]);
          vec4 at = turned * vec4(place, 1.0);
          light = max(0.0, dot(normalize(mat3(turned) * normal), normalize(vec3(3.0, 6.0, 2.0))));
          vec4 from = mat4(lamp[0], lamp[1], lamp[2], lamp[3]) * at;
          seen = 0.5 + 0.5 * from.xyz / from.w;
          gl_Position = mat4(view[0], view[1], view[2], view[3]) * at;
        }`,
      fragment: `
        in float light; in vec3 seen; uniform sampler2DShadow depth; uniform vec4 tint; layout(location = 0) out vec4 color;
        void main() {
          float share = 0.0;
          for (int i = 0; i < 4; i++) share += 0.25 * texture(depth, seen + vec3(vec2(i & 1, i >> 1) * 0.006 - 0.003, -0.006));
          color = vec4(tint.rgb * (0.25 + 0.75 * light * share), 1.0);
        }`,
    });
    painter.matrix(lit, 'view', VIEW);
    painter.matrix(lit, 'lamp', fromLight);
    draw(lit);
  },
};

const viewports: Scene = {
  name: 'viewports',
  shows:
    'Four views of a ring, each scissored to a part that was cleared to its own colour, one with a turned depth range.',
  draw(painter) {
    const { gl } = painter;
    const program = painter.program(PLAIN);
    const shape = ring(40, 20, 0.4);
    bindShape(painter, shape);
    gl.enable(GL.SCISSOR_TEST);
    gl.enable(GL.DEPTH_TEST);
    const eyes = [
      [3, 2, 3],
      [0, 4, 0.1],
      [-3, 1, 2],
      [0.1, 0.5, 4],
    ] as const;
    for (const [i, eye] of eyes.entries()) {
      const [x, y] = [(i % 2) * 128, Math.floor(i / 2) * 128];
      gl.viewport(x, y, 128, 128);
      gl.scissor(x + 6 + 4 * i, y + 6, 112 - 8 * i, 116 - 4 * i);
      painter.clear(0.15 * i, 0.1, 0.45 - 0.1 * i);
      if (i === 3) {
        gl.depthRangef(1, 0);
        gl.depthFunc(GL.GREATER);
        gl.clearDepthf(0);
        gl.clear(GL.DEPTH_BUFFER_BIT);
      }
      painter.matrix(program, 'view', multiply(perspective(0.9, 1, 0.5, 20), lookAt(eye, [0, 0, 0])));
      painter.matrix(program, 'turn', STILL);
      painter.vector(program, 'tint', 1, 0.4 + 0.15 * i, 0.9 - 0.2 * i, 1);
      drawStrips(painter, shape);
    }
  },
};

const DEPTH_FORMATS = [
  [GL.DEPTH_COMPONENT16, GL.DEPTH_ATTACHMENT],
  [GL.DEPTH_COMPONENT24, GL.DEPTH_ATTACHMENT],
  [GL.DEPTH_COMPONENT32F, GL.DEPTH_ATTACHMENT],
  [GL.DEPTH32F_STENCIL8, GL.DEPTH_STENCIL_ATTACHMENT],
] as const;

const depthFormats: Scene = {
  name: 'depth-formats',
  shows:
    'Two boxes that cut one another, and their depth as a texture, in four formats; the last one cuts out a ring by its stencil.',
  draw(painter) {
    const { gl } = painter;
    const half = SIDE / 2;
    const shape = box();
    const hoop = ring(40, 12, 0.3);
    const plain = painter.program(PLAIN);
    for (const [i, [format, attachment]] of DEPTH_FORMATS.entries()) {
      const depth = painter.texture(GL.TEXTURE_2D);
      gl.texStorage2D(GL.TEXTURE_2D, 1, format, half, half);
      const color = painter.texture(GL.TEXTURE_2D);
      gl.texStorage2D(GL.TEXTURE_2D, 1, GL.RGBA8, half, half);
      painter.textureFramebuffer(
        new Map([
          [GL.COLOR_ATTACHMENT0, color],
          [attachment, depth],
        ]),
      );
      gl.viewport(0, 0, half, half);
      painter.clear(0.1, 0.1, 0.1);
      gl.useProgram(plain);
      painter.matrix(plain, 'view', VIEW);
      gl.enable(GL.DEPTH_TEST);
      if (attachment === GL.DEPTH_STENCIL_ATTACHMENT) {
        gl.enable(GL.STENCIL_TEST);
        gl.stencilFunc(GL.ALWAYS, 5, 0xff);
        gl.stencilOp(GL.KEEP, GL.KEEP, GL.REPLACE);
        gl.colorMask(false, false, false, false);
        gl.depthMask(false);
        bindShape(painter, hoop);
        painter.matrix(plain, 'turn', multiply(translation([0, 0.5, 0], 1.6), rotation(0.4, 0)));
        drawStrips(painter, hoop);
        gl.colorMask(true, true, true, true);
        gl.depthMask(true);
        gl.stencilFunc(GL.NOTEQUAL, 5, 0xff);
        gl.stencilOp(GL.KEEP, GL.KEEP, GL.KEEP);
      }
      bindShape(painter, shape);
      for (const [turn, tint] of [
        [0.3, [0.9, 0.5, 0.2]],
        [1.1, [0.3, 0.6, 0.9]],
      ] as const) {
        painter.matrix(plain, 'turn', multiply(translation([0, 0.5, 0], 1.3), rotation(turn / 2, turn)));
        painter.vector(plain, 'tint', tint[0], tint[1], tint[2], 1);
        drawTriangles(painter, shape);
      }
      gl.disable(GL.STENCIL_TEST);
      gl.disable(GL.DEPTH_TEST);
      painter.bindScreen();
      gl.viewport((i % 2) * half, (i >> 1) * half, half, half);
      gl.activeTexture(GL.TEXTURE1);
      gl.bindTexture(GL.TEXTURE_2D, depth);
      gl.activeTexture(GL.TEXTURE0);
      gl.bindTexture(GL.TEXTURE_2D, color);
      painter.bindCorners();
      const show = painter.program({
        vertex: `
          layout(location = 0) in vec2 place; out vec2 at;
          void main() { at = 0.5 + 0.5 * place; gl_Position = vec4(place, 0.0, 1.0); }`,
        fragment: `
          in vec2 at; uniform sampler2D image; uniform sampler2D depths; layout(location = 0) out vec4 color;
          void main() {
            color = at.x + at.y < 1.0 ? texture(image, at) : vec4(vec3(1.0 - texture(depths, at).r) * 6.0, 1.0);
          }`,
      });
      gl.uniform1i(gl.getUniformLocation(show, 'depths'), 1);
      gl.drawArrays(GL.TRIANGLE_STRIP, 0, 4);
    }
  },
};

const copies: Scene = {
  name: 'copies',
  shows:
    'A checked picture copied larger, smaller, mirrored, smoothly and in squares; parts of it brought by texture copies.',
  draw(painter) {
    const { gl } = painter;
    const picture = checks(64, 8, [240, 200, 80, 255], [40, 60, 120, 255]);
    for (let y = 0; y < 64; y++) picture.set([255 - 4 * y, 4 * y, 128, 255], 4 * (y * 64 + y));
    const source = painter.texture2d(64, 64, picture);
    const framebuffer = painter.textureFramebuffer(new Map([[GL.COLOR_ATTACHMENT0, source]]));
    const blit = (from: readonly number[], to: readonly number[], filter: number): void => {
      const [a = 0, b = 0, c = 0, d = 0] = from;
      const [e = 0, f = 0, g = 0, h = 0] = to;
      painter.bindScreen();
      gl.bindFramebuffer(GL.READ_FRAMEBUFFER, framebuffer);
      gl.blitFramebuffer(a, b, c, d, e, f, g, h, GL.COLOR_BUFFER_BIT, filter);
    };
    blit([0, 0, 64, 64], [4, 4, 124, 124], GL.NEAREST);
    blit([64, 0, 0, 64], [132, 4, 252, 124], GL.LINEAR);
    blit([8, 8, 40, 40], [4, 252, 124, 180], GL.LINEAR);
    blit([0, 0, 64, 64], [4, 132, 36, 164], GL.LINEAR);
    const copy = painter.texture2d(64, 64, checks(64, 64, [90, 20, 20, 255], [0, 0, 0, 255]));
    gl.bindFramebuffer(GL.READ_FRAMEBUFFER, framebuffer);
    gl.copyTexSubImage2D(GL.TEXTURE_2D, 0, 32, 32, 4, 4, 28, 28);
    gl.copyImageSubData(source, GL.TEXTURE_2D, 0, 16, 16, 0, copy, GL.TEXTURE_2D, 0, 4, 4, 0, 24, 24, 1);
    painter.bindScreen();
    painter.bindCorners();
    painter.program({
      vertex: `
        layout(location = 0) in vec2 place; out vec2 at;
        void main() { at = 0.5 + 0.5 * place; gl_Position = vec4(place, 0.0, 1.0); }`,
      fragment: `
        in vec2 at; uniform sampler2D image; layout(location = 0) out vec4 color;
        void main() { color = texture(image, at); }`,
    });
    gl.viewport(132, 132, 120, 120);
    gl.drawArrays(GL.TRIANGLE_STRIP, 0, 4);
  },
};

const manyTargets: Scene = {
  name: 'many-targets',
  shows: 'Three colour buffers of one pass, each blended in a way of its own, and one of whole numbers, side by side.',
  draw(painter) {
    const { gl } = painter;
    const half = SIDE / 2;
    const textures = [GL.RGBA8, GL.RGBA16F, GL.RGBA8, GL.RGBA8UI].map((format) => {
      const texture = painter.texture(GL.TEXTURE_2D);
      gl.texStorage2D(GL.TEXTURE_2D, 1, format, half, half);
      return texture;
    });
    painter.textureFramebuffer(new Map(textures.map((texture, i) => [GL.COLOR_ATTACHMENT0 + i, texture] as const)));
    painter.drawBuffers(4);
    gl.viewport(0, 0, half, half);
    for (const i of [0, 1]) gl.clearBufferfv(GL.COLOR, i, Float32Array.of(0, 0, 0.2, 1));
    gl.clearBufferfv(GL.COLOR, 2, Float32Array.of(1, 1, 1, 1));
    gl.clearBufferuiv(GL.COLOR, 3, Uint32Array.of(20, 20, 20, 255));
    const program = painter.program({
      vertex: `
        layout(location = 0) in vec2 place; uniform vec4 shift; out vec2 at;
        void main() { at = place; gl_Position = vec4(place * 0.6 + shift.xy, 0.0, 1.0); }`,
      fragment: `
        in vec2 at; uniform vec4 tint;
        layout(location = 0) out vec4 sum; layout(location = 1) out vec4 most; layout(location = 2) out vec4 product; layout(location = 3) out uvec4 number;
        void main() {
          if (dot(at, at) > 1.0) discard;
          sum = vec4(tint.rgb * 0.6, 1.0); most = vec4(tint.rgb * (1.0 - dot(at, at)), 1.0);
          product = vec4(1.0 - 0.7 * tint.rgb, 1.0); number = uvec4(uvec3(uint(at.x * 8.0 + 8.0) ^ uint(at.y * 8.0 + 8.0)) * 15u, 255u);
        }`,
    });
    painter.bindCorners();
    for (const i of [0, 1, 2]) gl.enablei(GL.BLEND, i);
    gl.blendFunci(0, GL.ONE, GL.ONE);
    gl.blendEquationi(1, GL.MAX);
    gl.blendFunci(2, GL.DST_COLOR, GL.ZERO);
    gl.colorMaski(3, true, true, false, true);
    for (const [i, [x, y]] of (
      [
        [-0.3, -0.2],
        [0.3, -0.2],
        [0, 0.3],
      ] as const
    ).entries()) {
      painter.vector(program, 'shift', x, y);
      painter.vector(program, 'tint', Number(i === 0), Number(i === 1), Number(i === 2), 1);
      gl.drawArrays(GL.TRIANGLE_STRIP, 0, 4);
    }
    for (const i of [0, 1, 2]) gl.disablei(GL.BLEND, i);
    gl.colorMaski(3, true, true, true, true);
    painter.bindScreen();
    show(painter, textures);
  },
};

/** Shows four textures, the last of whole numbers. */
function show(painter: Painter, textures: readonly number[]): void {
  const { gl } = painter;
  for (const [i, texture] of textures.entries()) {
    gl.bindTexture(GL.TEXTURE_2D, texture);
    gl.viewport((i % 2) * 128, (i >> 1) * 128, 128, 128);
    painter.bindCorners();
    const isWhole = i === 3;
    painter.program({
      vertex: `
        layout(location = 0) in vec2 place; out vec2 at;
        void main() { at = 0.5 + 0.5 * place; gl_Position = vec4(place, 0.0, 1.0); }`,
      fragment: `
        in vec2 at; uniform ${isWhole ? 'usampler2D' : 'sampler2D'} image; layout(location = 0) out vec4 color;
        void main() { color = vec4(vec3(texture(image, at).rgb)${isWhole ? ' / 255.0' : ''}, 1.0); }`,
    });
    gl.drawArrays(GL.TRIANGLE_STRIP, 0, 4);
  }
}

const desktop: Scene = {
  name: 'desktop',
  shows:
    'What only OpenGL has: outlines and corners of a ball, a plane that clips it, colours combined by exclusive or.',
  flavour: 'gl',
  draw(painter) {
    const { gl } = painter;
    const shape = ball(20, 12);
    const program = painter.program({
      vertex: `
        layout(location = 0) in vec3 place; uniform vec4 view[4]; uniform vec4 turn[4]; uniform vec4 plane;
        out vec3 at;
        void main() {
          vec4 p = mat4(turn[0], turn[1], turn[2], turn[3]) * vec4(place, 1.0);
          at = place; gl_Position = mat4(view[0], view[1], view[2], view[3]) * p; gl_ClipDistance[0] = dot(p, plane);
        }`,
      fragment: 'in vec3 at; layout(location = 0) out vec4 color; void main() { color = vec4(0.5 + 0.5 * at, 1.0); }',
    });
    painter.matrix(program, 'view', VIEW);
    painter.vector(program, 'plane', -0.6, 0.3, 0.2, 0.5);
    const part = (x: number, z: number): Matrix => translation([x, 0.6, z], 1.1);
    gl.enable(GL.DEPTH_TEST);
    gl.pointSize(3);
    bindShape(painter, shape);
    for (const [mode, x, z, hasClip] of [
      [GL.LINE, -1.3, 0, false],
      [GL.POINT, 1.2, -1, false],
      [GL.FILL, 0.6, 1.6, true],
    ] as const) {
      gl.polygonMode(GL.FRONT_AND_BACK, mode);
      if (hasClip) gl.enable(GL.CLIP_DISTANCE0);
      painter.matrix(program, 'turn', part(x, z));
      drawStrips(painter, shape);
    }
    gl.disable(GL.CLIP_DISTANCE0);
    gl.disable(GL.DEPTH_TEST);
    gl.enable(GL.COLOR_LOGIC_OP);
    gl.logicOp(GL.XOR);
    painter.matrix(program, 'turn', part(-0.6, 1.2));
    drawStrips(painter, shape);
  },
};

export const framebufferScenes: readonly Scene[] = [
  samples,
  stencilShadow,
  shadowMap,
  viewports,
  depthFormats,
  copies,
  manyTargets,
  desktop,
];
