import { expect, it } from 'vitest';
import { formatNamed } from './formats.ts';
import {
  bindObject,
  command,
  createObject,
  drawVbo,
  f32,
  FORMAT,
  plainDrawing,
  TestGuest,
  TRIANGLES,
} from './test-guest.ts';
import { BIND, STAGE, TARGET } from './virgl-limits.ts';

const [FROM, INTO] = [1, 2];
const [DEPTH, STENCIL] = [0x10, 0x20];
const LINEAR = 1 << 8;
const FLOAT = formatNamed('Z32_FLOAT')!.number;
const FLOAT_STENCIL = formatNamed('Z32_FLOAT_S8X24_UINT')!.number;
/** A rasterizer's flag. */
const MULTISAMPLE = 1 << 25;
const GREATEST = 2 ** 24 - 1;

/** A row of texels as one side of a blit. */
function side(resource: number, format: number, width: number): number[] {
  return [resource, 0, format, 0, 0, 0, width, 1, 1];
}

it('copies depth and stencil into a format that stores them in another way', () => {
  using guest = new TestGuest();
  guest.create(FROM, { format: FORMAT.z24s8, bind: BIND.depthStencil });
  guest.create(INTO, { format: FLOAT_STENCIL, bind: BIND.depthStencil });
  const texels = [
    [0, 0],
    [0x400000, 0xa5],
    [0xabcdef, 0x5a],
    [GREATEST, 0xff],
  ] as const;
  const words = Uint32Array.from(texels.map(([depth, stencil]) => depth + stencil * 2 ** 24));
  guest.write(FROM, new Uint8Array(words.buffer), { width: 4 });
  const blit = (mask: number): unknown =>
    guest.run(command('blit', mask, 0, 0, ...side(INTO, FLOAT_STENCIL, 4), ...side(FROM, FORMAT.z24s8, 4)));
  const seen = (): number[][] => {
    const view = new DataView(guest.read(INTO, { width: 4 }, 32).buffer);
    return texels.map((_, i) => [Math.round(view.getFloat32(8 * i, true) * GREATEST), view.getUint8(8 * i + 4)]);
  };
  expect(blit(DEPTH)).toBe(null);
  expect(seen()).toEqual(texels.map(([depth]) => [depth, 0]));
  expect(blit(DEPTH | STENCIL)).toBe(null);
  expect(seen()).toEqual(texels);
});

it('filters depth when a guest makes a smaller level of it', () => {
  using guest = new TestGuest();
  guest.create(FROM, { format: FLOAT, bind: BIND.depthStencil });
  guest.create(INTO, { format: FLOAT, bind: BIND.depthStencil, width: 2 });
  guest.write(FROM, new Uint8Array(Float32Array.of(0, 0.5, 0.25, 1).buffer), { width: 4 });
  const blit = command('blit', DEPTH | LINEAR, 0, 0, ...side(INTO, FLOAT, 2), ...side(FROM, FLOAT, 4));
  expect(guest.run(blit)).toBe(null);
  expect([...new Float32Array(guest.read(INTO, { width: 2 }, 8).buffer)]).toEqual([0.25, 0.625]);
});

it('filters slices when a guest makes a level of fewer', () => {
  using guest = new TestGuest();
  const slices = (depth: number): object => ({ target: TARGET.texture3d, format: FORMAT.rgba8, width: 1, depth });
  guest.create(FROM, slices(4));
  guest.create(INTO, slices(2));
  const grey = (...values: readonly number[]): Uint8Array => Uint8Array.from(values.flatMap((v) => [v, v, v, v]));
  guest.write(FROM, grey(0, 100, 20, 60), { width: 1, depth: 4 });
  const deep = (id: number, depth: number): number[] => [id, 0, FORMAT.rgba8, 0, 0, 0, 1, 1, depth];
  const blit = (filter: number): unknown =>
    guest.run(command('blit', 0xf | filter, 0, 0, ...deep(INTO, 2), ...deep(FROM, 4)));
  expect(blit(LINEAR)).toBe(null);
  expect(guest.read(INTO, { width: 1, depth: 2 }, 8)).toEqual(grey(50, 40));
  expect(blit(0)).toBe(null);
  expect(guest.read(INTO, { width: 1, depth: 2 }, 8)).toEqual(grey(100, 60));
});

it('converts integers with a sign to those without, and takes neither for colours', () => {
  using guest = new TestGuest();
  const [signed, unsigned] = [formatNamed('R32_SINT')!.number, FORMAT.r32Uint];
  guest.create(FROM, { format: signed });
  guest.create(INTO, { format: unsigned });
  guest.create(INTO + 1, { format: FORMAT.rgba8 });
  guest.write(FROM, new Uint8Array(Int32Array.of(-5, 0, 7, 0x7fff_ffff).buffer), { width: 4 });
  const blit = (into: number, format: number): unknown =>
    guest.run(command('blit', 15, 0, 0, ...side(into, format, 4), ...side(FROM, signed, 4)));
  expect(blit(INTO, unsigned)).toBe(null);
  expect([...new Uint32Array(guest.read(INTO, { width: 4 }, 16).buffer)]).toEqual([0, 0, 7, 0x7fff_ffff]);
  expect(blit(INTO + 1, FORMAT.rgba8)).toBe('format');
});

it('resolves samples of depth as they are, and scales none', () => {
  using guest = new TestGuest();
  const depth = { height: 4, format: FORMAT.z24s8, bind: BIND.depthStencil };
  guest.create(FROM, { ...depth, samples: 4 });
  guest.create(INTO, depth);
  const blit = (size: number): unknown =>
    guest.run(command('blit', 0x30, 0, 0, ...side(INTO, FORMAT.z24s8, size), ...side(FROM, FORMAT.z24s8, 4)));
  expect(blit(2)).toBe('range');
  expect(blit(4)).toBe(null);
});

it('takes all samples that the device gives, whatever a guest asked for, and whichever way it resolves them', () => {
  using guest = new TestGuest();
  const corners = new Uint8Array(Float32Array.of(-1, -1, 0, 1, 3, -1, 0, 1, -1, 3, 0, 1).buffer);
  guest.create(FROM, { samples: 2 });
  guest.create(INTO, {});
  guest.createBuffer(INTO + 1, corners.length);
  guest.write(INTO + 1, corners);
  const red = command('setConstantBuffer', STAGE.fragment, 0, ...f32(1, 0, 0, 1));
  const third = [
    createObject('rasterizer', 7, MULTISAMPLE, ...f32(1), 0, 0, ...f32(1, 0, 0, 0)),
    bindObject('rasterizer', 7),
    command('setSampleMask', 1 << 2),
  ];
  const drawing = plainDrawing({ picture: FROM, vertices: INTO + 1 });
  expect(guest.run(...drawing, red, ...third, drawVbo(TRIANGLES, 3))).toBe(null);
  const resolved = (mask: number): number => {
    const blit = command('blit', mask, 0, 0, ...side(INTO, FORMAT.rgba8, 4), ...side(FROM, FORMAT.rgba8, 4));
    expect(guest.run(blit)).toBe(null);
    return guest.read(INTO, { width: 1 }, 4)[0]!;
  };
  // Llvmpipe has four samples or none.
  expect([resolved(0xf), resolved(0x1)]).toEqual([64, 64]);
});
