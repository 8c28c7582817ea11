/**
 * What kmscube shows, drawn here: its cube at any moment of its turning, and the moment that a picture of it shows. The cube's
 * places, colours, light and turns are those of the program; how it is drawn is not.
 */
import { GlDisplay } from '../../src/gl/egl/display.ts';
import type { GlContext } from '../../src/gl/egl/context.ts';
import * as GL from '../../src/gl/egl/gl-constants.ts';
import { differenceOf, type Image, type Tolerance } from './compare.ts';
import { aboutAxis, multiply, translation, type Matrix } from './matrix.ts';
import { Painter } from './painter.ts';
import { bindShape, drawTriangles } from './scenes-geometry.ts';
import { box, type Shape } from './shapes.ts';

/** Frames until its slowest turn, of 0.15 degrees a frame, has come around. */
const FRAMES = 2400;
const STEP = 8;
/** The first search is done in pictures so much smaller. */
const SMALLER = 4;

/** Width and height. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The cube in a context of its own, drawn at one size. */
class Cube {
  readonly #context: GlContext;
  readonly #painter: Painter;
  readonly #program: number;
  readonly #shape: Shape = box();
  readonly #size: Size;

  constructor(display: GlDisplay, size: Size) {
    this.#size = size;
    this.#context = display.createContext();
    this.#context.makeCurrent();
    this.#painter = new Painter(this.#context.gl, size);
    bindShape(this.#painter, this.#shape);
    this.#program = this.#painter.program({
      vertex: `
        layout(location = 0) in vec3 place; layout(location = 1) in vec3 normal;
        uniform vec4 view[4]; uniform vec4 turn[4];
        out vec4 shade;
        void main() {
          vec4 at = mat4(turn[0], turn[1], turn[2], turn[3]) * vec4(place, 1.0);
          vec3 upright = mat3(turn[0].xyz, turn[1].xyz, turn[2].xyz) * normal;
          float light = max(0.0, dot(upright, normalize(vec3(2.0, 2.0, 20.0) - at.xyz)));
          shade = vec4(light * step(0.0, place), 1.0);
          gl_Position = mat4(view[0], view[1], view[2], view[3]) * at;
        }`,
      fragment: 'in vec4 shade; layout(location = 0) out vec4 color; void main() { color = shade; }',
    });
    this.#context.gl.enable(GL.CULL_FACE);
  }

  frame(frame: number): Image {
    this.#context.makeCurrent();
    const painter = this.#painter;
    const { width, height } = this.#size;
    // Its turns go the other way than OpenGL's.
    const degrees = [-45 - 0.25 * frame, -45 + 0.5 * frame, -10 - 0.15 * frame];
    const turns = degrees.map((angle, axis) => aboutAxis(axis as 0 | 1 | 2, (angle * Math.PI) / 180));
    painter.matrix(this.#program, 'view', frustum(2.8, (2.8 * height) / width, 6, 10));
    painter.matrix(this.#program, 'turn', turns.reduce(multiply, translation([0, 0, -8])));
    painter.clear(0.5, 0.5, 0.5);
    drawTriangles(painter, this.#shape);
    return { width, height, pixels: painter.picture() };
  }
}

/** Draws what kmscube draws. It opens a device of its own. */
export class Kmscube implements Disposable {
  readonly #display: GlDisplay;
  readonly #cube: Cube;
  readonly #small: Cube;

  /** Both must be multiples of 4. */
  constructor(size: Size) {
    this.#display = GlDisplay.open({ renderNode: 'software', flavour: 'es' });
    this.#cube = new Cube(this.#display, size);
    this.#small = new Cube(this.#display, { width: size.width / SMALLER, height: size.height / SMALLER });
  }

  /** One of its frames, the first of them 0. */
  frame(frame: number): Image {
    return this.#cube.frame(frame);
  }

  /** The frame that a picture shows: the one with the fewest pixels that differ by more than the tolerance says. */
  closest(picture: Image, tolerance: Tolerance): number {
    const best = (cube: Cube, wanted: Image, frames: readonly number[]): number => {
      const shares = frames.map((frame) => differenceOf(cube.frame(frame), wanted, tolerance).share);
      return frames[shares.indexOf(Math.min(...shares))] ?? 0;
    };
    const all = Array.from({ length: FRAMES / STEP }, (_, i) => i * STEP);
    const near = best(this.#small, everyFourth(picture), all);
    return best(
      this.#cube,
      picture,
      Array.from({ length: 2 * STEP + 1 }, (_, i) => Math.max(0, near - STEP + i)),
    );
  }

  [Symbol.dispose](): void {
    this.#display.close();
  }
}

/** One pixel of each square of four by four. */
function everyFourth(image: Image): Image {
  const [width, height] = [image.width / SMALLER, image.height / SMALLER];
  const from = new Uint32Array(Uint8Array.from(image.pixels).buffer);
  const pixels = Uint32Array.from({ length: width * height }, (_, i) => {
    const [x, y] = [SMALLER * (i % width) + SMALLER / 2, SMALLER * Math.floor(i / width) + SMALLER / 2];
    return from[y * image.width + x] ?? 0;
  });
  return { width, height, pixels: new Uint8Array(pixels.buffer) };
}

function frustum(right: number, top: number, near: number, far: number): Matrix {
  const depth = near - far;
  return [
    near / right,
    0,
    0,
    0,
    0,
    near / top,
    0,
    0,
    0,
    0,
    (far + near) / depth,
    -1,
    0,
    0,
    (2 * far * near) / depth,
    0,
  ];
}
