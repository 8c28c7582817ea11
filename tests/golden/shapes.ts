/** What scenes are made of: boxes, spheres, rings and checked textures. */

/** Vertices of eight floats: place, normal, texture coordinates; and triangles of them, or strips that 65535 separates. */
export interface Shape {
  readonly vertices: Float32Array;
  readonly indices: Uint16Array;
}

/** Bytes from vertex to vertex of a shape. */
export const VERTEX_BYTES = 32;

/** A cube from -1 to 1. */
export function box(): Shape {
  const vertices: number[] = [];
  const indices: number[] = [];
  for (let face = 0; face < 6; face++) {
    const [axis, sign] = [face >> 1, face % 2 === 0 ? 1 : -1];
    const first = vertices.length / 8;
    for (const [u, v] of [
      [-1, -1],
      [1, -1],
      [1, 1],
      [-1, 1],
    ] as const) {
      const place = [0, 0, 0];
      const normal = [0, 0, 0];
      place[axis] = normal[axis] = sign;
      place[(axis + 1) % 3] = u * sign;
      place[(axis + 2) % 3] = v;
      vertices.push(...place, ...normal, (u + 1) / 2, (v + 1) / 2);
    }
    indices.push(first, first + 1, first + 2, first, first + 2, first + 3);
  }
  return { vertices: Float32Array.from(vertices), indices: Uint16Array.from(indices) };
}

/** A square of the ground, y = 0, from -size to size; texture coordinates from 0 to `repeats`. */
export function ground(size: number, repeats = 1): Shape {
  const corner = (x: number, z: number): number[] => {
    const coordinates = [((x + 1) / 2) * repeats, ((z + 1) / 2) * repeats];
    return [x * size, 0, z * size, 0, 1, 0, ...coordinates];
  };
  const vertices = [...corner(-1, -1), ...corner(-1, 1), ...corner(1, 1), ...corner(1, -1)];
  return { vertices: Float32Array.from(vertices), indices: Uint16Array.of(0, 1, 2, 0, 2, 3) };
}

/** A surface over a grid, in strips. */
function surface(columns: number, rows: number, at: (u: number, v: number) => readonly number[]): Shape {
  const vertices: number[] = [];
  const indices: number[] = [];
  for (let row = 0; row <= rows; row++)
    for (let column = 0; column <= columns; column++) {
      const [u, v] = [column / columns, row / rows];
      vertices.push(...at(u, v), u, v);
      if (row < rows) indices.push((row + 1) * (columns + 1) + column, row * (columns + 1) + column);
      if (column === columns) indices.push(0xffff);
    }
  return { vertices: Float32Array.from(vertices), indices: Uint16Array.from(indices) };
}

/** A ball of radius 1, in strips. */
export function ball(columns: number, rows: number): Shape {
  return surface(columns, rows, (u, v) => {
    const [turn, tilt] = [2 * Math.PI * u, Math.PI * (v - 0.5)];
    const normal = [Math.cos(tilt) * Math.sin(turn), Math.sin(tilt), Math.cos(tilt) * Math.cos(turn)];
    return [...normal, ...normal];
  });
}

/** A ring around the y axis of radius 1, itself of radius `thickness`, in strips. */
export function ring(columns: number, rows: number, thickness: number): Shape {
  return surface(columns, rows, (u, v) => {
    const [turn, tilt] = [2 * Math.PI * u, 2 * Math.PI * v];
    const normal = [Math.cos(tilt) * Math.sin(turn), Math.sin(tilt), Math.cos(tilt) * Math.cos(turn)] as const;
    const place = [
      Math.sin(turn) + thickness * normal[0],
      thickness * normal[1],
      Math.cos(turn) + thickness * normal[2],
    ];
    return [...place, ...normal];
  });
}

/** Texels of R, G, B, A by their places. */
export function texels(
  width: number,
  height: number,
  at: (x: number, y: number) => readonly [number, number, number, number],
): Uint8Array {
  const bytes = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) bytes.set(at(x, y), 4 * (y * width + x));
  return bytes;
}

/** Squares of two colours, so many texels wide. */
export function checks(
  side: number,
  square: number,
  light: readonly [number, number, number, number],
  dark: readonly [number, number, number, number],
): Uint8Array {
  return texels(side, side, (x, y) => ((Math.floor(x / square) + Math.floor(y / square)) % 2 === 0 ? light : dark));
}

/** Numbers from 0 to below 1, the same ones each time. */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
