/** Matrices of four columns, as shaders take them, and what they are made of. */

/** Sixteen numbers, column by column. */
export type Matrix = readonly number[];
/** Three numbers. */
export type Vector = readonly [number, number, number];

/** What first `b`, then `a` does. */
export function multiply(a: Matrix, b: Matrix): Matrix {
  return Array.from({ length: 16 }, (_, i) => {
    const [row, column] = [i % 4, i - (i % 4)];
    let sum = 0;
    for (let k = 0; k < 4; k++) sum += (a[row + 4 * k] ?? 0) * (b[column + k] ?? 0);
    return sum;
  });
}

/** OpenGL's frustum: an angle from bottom to top in radians. */
export function perspective(angle: number, aspect: number, near: number, far: number): Matrix {
  const f = 1 / Math.tan(angle / 2);
  const depth = near - far;
  return [f / aspect, 0, 0, 0, 0, f, 0, 0, 0, 0, (far + near) / depth, -1, 0, 0, (2 * far * near) / depth, 0];
}

/** A box seen from far away, from -size to size. */
export function orthographic(size: number, near: number, far: number): Matrix {
  return [1 / size, 0, 0, 0, 0, 1 / size, 0, 0, 0, 0, -2 / (far - near), 0, 0, 0, -(far + near) / (far - near), 1];
}

/** An eye that looks at a point, y upwards. */
export function lookAt(eye: Vector, at: Vector): Matrix {
  const back = normalize([eye[0] - at[0], eye[1] - at[1], eye[2] - at[2]]);
  const right = normalize(cross([0, 1, 0], back));
  const up = cross(right, back).map((value) => -value) as unknown as Vector;
  const axes = [right, up, back] as const;
  const columns = [0, 1, 2].flatMap((i) => [...axes.map((axis) => axis[i] ?? 0), 0]);
  return [...columns, ...axes.map((axis) => -dot(axis, eye)), 1];
}

/** A turn about the x axis, then one about the y axis, in radians. */
export function rotation(x: number, y: number): Matrix {
  const [sx, cx, sy, cy] = [Math.sin(x), Math.cos(x), Math.sin(y), Math.cos(y)];
  return [cy, 0, -sy, 0, sx * sy, cx, sx * cy, 0, cx * sy, -sx, cx * cy, 0, 0, 0, 0, 1];
}

/** A turn about the x (0), y (1) or z (2) axis, in radians. */
export function aboutAxis(axis: 0 | 1 | 2, angle: number): Matrix {
  const [one, other] = [(axis + 1) % 3, (axis + 2) % 3];
  const matrix = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
  matrix[5 * one] = matrix[5 * other] = Math.cos(angle);
  matrix[4 * one + other] = Math.sin(angle);
  matrix[4 * other + one] = -Math.sin(angle);
  return matrix;
}

/** A move, after growing by a factor. */
export function translation([x, y, z]: Vector, scale = 1): Matrix {
  return [scale, 0, 0, 0, 0, scale, 0, 0, 0, 0, scale, 0, x, y, z, 1];
}

function normalize([x, y, z]: Vector): Vector {
  const length = Math.hypot(x, y, z);
  return [x / length, y / length, z / length];
}

function cross(a: Vector, b: Vector): Vector {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}
