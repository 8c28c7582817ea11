import { describe, expect, it } from 'vitest';
import { hasEgl } from '../egl/test-device.ts';
import { bind, buffer, command, create, float, picture, shader, TestGuest } from './test-guest.ts';

const SIDE = 64;
const CONTEXT = 1;
const RESOURCE = 5;

function clearTo(red: number, green: number, blue: number): number[] {
  return command('clear', [4, float(red), float(green), float(blue), float(1), 0, 0, 0]);
}

const VERTEX = 16;
const BGRA = 1;
const R32G32_FLOAT = 29;

const VERTEX_SHADER = `VERT
DCL IN[0]
DCL OUT[0], POSITION
  0: MOV OUT[0], IN[0]
  1: END
`;
const FRAGMENT_SHADER = `FRAG
PROPERTY FS_COLOR0_WRITES_ALL_CBUFS 1
DCL OUT[0], COLOR
DCL CONST[0][0]
  0: MOV OUT[0], CONST[0][0]
  1: END
`;

/** A loop that nothing ends. Software counts to 65535 and goes on: with many instances that is as good as endless. */
const ENDLESS_SHADER = `FRAG
PROPERTY FS_COLOR0_WRITES_ALL_CBUFS 1
DCL OUT[0], COLOR
DCL CONST[0][0]
DCL TEMP[0..1]
  0: MOV TEMP[0], CONST[0][0]
  1: BGNLOOP
  2: ADD TEMP[0], TEMP[0], CONST[0][0]
  3: FSLT TEMP[1].x, TEMP[0].xxxx, CONST[0][0].yyyy
  4: UIF TEMP[1].xxxx
  5: BRK
  6: ENDIF
  7: ENDLOOP
  8: MOV OUT[0], TEMP[0]
  9: END
`;
const ENDLESS = draw(3, 10_000);

/** Everything for a triangle over the lower left half of a framebuffer, but for its colour. */
function triangleState(vertices: number): number[] {
  return [
    ...create('surface', 1, RESOURCE, BGRA, 0, 0),
    ...command('setFramebufferState', [1, 0, 1]),
    ...command('setViewportState', [0, ...[SIDE / 2, SIDE / 2, 0.5, SIDE / 2, SIDE / 2, 0.5].map(float)]),
    ...create('vertexElements', 2, 0, 0, 0, R32G32_FLOAT),
    ...bind('vertexElements', 2),
    ...command('setVertexBuffers', [8, 0, vertices]),
    ...shader(3, 0, VERTEX_SHADER),
    ...shader(4, 1, FRAGMENT_SHADER),
    ...command('bindShader', [3, 0]),
    ...command('bindShader', [4, 1]),
  ];
}

function color(...rgba: readonly number[]): number[] {
  return command('setConstantBuffer', [1, 0, ...rgba.map(float)]);
}

function draw(count: number, instances = 1): number[] {
  return command('drawVbo', [0, count, 4, 0, instances, 0, 0, 0, 0, 0, count - 1, 0]);
}

/** The corners of the triangle as a guest's RAM has them. */
const CORNERS = new Uint8Array(Float32Array.of(-1, -1, 1, -1, -1, 1).buffer);

describe.skipIf(!hasEgl)('the GPU process of a guest', () => {
  it('draws and gives the picture', async () => {
    await using guest = await TestGuest.start();
    const { gpu } = guest;
    const orders = [
      gpu.createContext(CONTEXT, 'test'),
      gpu.createResource(RESOURCE, picture(SIDE, SIDE)),
      gpu.attachResource(CONTEXT, RESOURCE),
      guest.submit(
        CONTEXT,
        create('surface', 1, RESOURCE, 1, 0, 0),
        command('setFramebufferState', [1, 0, 1]),
        clearTo(1, 0.5, 0.25),
      ),
    ];
    const pixels = await guest.read(RESOURCE, SIDE, SIDE);
    expect(orders.map((serial) => guest.answers.get(serial))).toEqual([null, null, null, null]);
    expect([...new Set(pixels)].map((pixel) => pixel.toString(16))).toEqual(['ffff8040']);
  });

  it('is replaced when it is killed, and the guest draws on', async () => {
    await using guest = await TestGuest.start();
    const { gpu } = guest;
    gpu.createContext(CONTEXT, 'test');
    gpu.createResource(RESOURCE, picture(SIDE, SIDE));
    gpu.attachResource(CONTEXT, RESOURCE);
    await guest.finish();
    await gpu.spareReady();
    const before = gpu.pid;
    process.kill(before, 'SIGKILL');
    await guest.finish();
    expect(gpu.pid).not.toBe(before);
    expect(guest.restarts.map(({ reason }) => reason)).toEqual(['ended by SIGKILL']);
    guest.submit(
      CONTEXT,
      create('surface', 1, RESOURCE, 1, 0, 0),
      command('setFramebufferState', [1, 0, 1]),
      clearTo(1, 0.5, 0.25),
    );
    const pixels = await guest.read(RESOURCE, SIDE, SIDE);
    expect([...new Set(pixels)].map((pixel) => pixel.toString(16))).toEqual(['ffff8040']);
  });

  it('draws what lies in guest memory, in pieces, and copies pixels back there', async () => {
    await using guest = await TestGuest.start();
    const { gpu, ram } = guest;
    gpu.createContext(CONTEXT, 'test');
    gpu.createResource(RESOURCE, picture(SIDE, SIDE));
    gpu.createResource(VERTEX, buffer(CORNERS.length, 16));
    gpu.attachResource(CONTEXT, RESOURCE);
    gpu.attachResource(CONTEXT, VERTEX);
    ram.bytes.set(CORNERS.subarray(0, 10), 4096);
    ram.bytes.set(CORNERS.subarray(10), 100);
    gpu.attachBacking(VERTEX, [
      { region: 0, offset: 4096, length: 10 },
      { region: 0, offset: 100, length: CORNERS.length - 10 },
    ]);
    const whole = { level: 0, stride: 0, layerStride: 0, x: 0, y: 0, z: 0, height: 1, depth: 1, offset: 0 };
    gpu.transferToHost(CONTEXT, { ...whole, resource: VERTEX, width: CORNERS.length });
    guest.submit(CONTEXT, triangleState(VERTEX), clearTo(0, 0, 0), color(1, 0, 0, 1), draw(3));
    const pixels = await guest.read(RESOURCE, SIDE, SIDE);
    // Row 0 is the top row, and clip space grows with rows here: the guest's driver turns it if it wants to.
    const expected = pixels.map((_, i) => (Math.floor(i / SIDE) + (i % SIDE) < SIDE - 1 ? 0xffff0000 : 0xff000000));
    const diagonal = (i: number): boolean => Math.floor(i / SIDE) + (i % SIDE) === SIDE - 1;
    expect(pixels.filter((_, i) => !diagonal(i))).toEqual(expected.filter((_, i) => !diagonal(i)));

    gpu.attachBacking(RESOURCE, [{ region: 0, offset: 1 << 20, length: SIDE * SIDE * 4 }]);
    const back = gpu.transferFromHost(0, { ...whole, resource: RESOURCE, width: SIDE, height: SIDE });
    expect(await guest.answer(back)).toBeNull();
    expect(new Uint32Array(ram.bytes.slice(1 << 20, (1 << 20) + SIDE * SIDE * 4).buffer)).toEqual(pixels);
  });

  it('refuses by code what cannot be done, and goes on', async () => {
    await using guest = await TestGuest.start({ limits: { maxResourceBytes: 1 << 20, maxSubmitBytes: 4096 } });
    const { gpu } = guest;
    const transfer = {
      resource: 9,
      level: 0,
      stride: 0,
      layerStride: 0,
      x: 0,
      y: 0,
      z: 0,
      width: 1,
      height: 1,
      depth: 1,
    };
    const shared = gpu.createPicture(8, 8);
    const refused = [
      [gpu.destroyContext(3), 'context'],
      [gpu.destroyResource(9), 'resource'],
      [gpu.createResource(9, picture(2048, 2048)), 'quota'],
      [gpu.createResource(9, picture(16, 16, { format: 999 })), 'format'],
      [gpu.createResource(9, picture(16, 0)), 'range'],
      [gpu.attachBacking(9, []), 'resource'],
      [gpu.transferToHost(0, { ...transfer, offset: 0 }), 'resource'],
      [guest.submit(3, command('nop', [])), 'context'],
      [
        guest.submit(
          3,
          command(
            'nop',
            Array.from({ length: 2000 }, () => 0),
          ),
        ),
        'quota',
      ],
      [gpu.readPicture(9, { x: 0, y: 0, width: 8, height: 8 }, shared), 'resource'],
    ] as const;
    const resource = gpu.createResource(9, picture(4, 4));
    const outside = gpu.readPicture(9, { x: 0, y: 0, width: 8, height: 8 }, shared);
    const beyond = gpu.attachBacking(9, [{ region: 0, offset: guest.ram.bytes.length - 1, length: 2 }]);
    await guest.finish();
    expect(refused.map(([serial]) => guest.answers.get(serial))).toEqual(refused.map(([, code]) => code));
    expect(guest.answers.get(resource)).toBeNull();
    expect(guest.answers.get(outside)).toBe('range');
    expect(guest.answers.get(beyond)).toBe('range');
    expect([...(await guest.read(9, 4, 4))].every((pixel) => (pixel & 0xffffff) === 0)).toBe(true);
  });

  it('draws the same after a restart, with state, objects and contents from before', async () => {
    await using guest = await TestGuest.start();
    const { gpu, ram } = guest;
    gpu.createContext(CONTEXT, 'test');
    gpu.createResource(RESOURCE, picture(SIDE, SIDE));
    gpu.createResource(VERTEX, buffer(CORNERS.length, 16));
    gpu.attachResource(CONTEXT, RESOURCE);
    gpu.attachResource(CONTEXT, VERTEX);
    ram.bytes.set(CORNERS, 4096);
    gpu.attachBacking(VERTEX, [{ region: 0, offset: 4096, length: CORNERS.length }]);
    const whole = { level: 0, stride: 0, layerStride: 0, x: 0, y: 0, z: 0, height: 1, depth: 1, offset: 0 };
    gpu.transferToHost(CONTEXT, { ...whole, resource: VERTEX, width: CORNERS.length });
    guest.submit(CONTEXT, triangleState(VERTEX), clearTo(0, 0, 0), color(1, 0, 0, 1), draw(3));
    const before = await guest.read(RESOURCE, SIDE, SIDE);
    for (const signal of ['SIGKILL', 'SIGSTOP'] as const) {
      await gpu.spareReady();
      process.kill(gpu.pid, signal);
      await guest.finish();
      guest.submit(CONTEXT, clearTo(0, 0, 0), draw(3));
      const after = await guest.read(RESOURCE, SIDE, SIDE);
      expect(after).toEqual(before);
    }
  });

  it('is replaced when a shader never ends, and the context that draws so again and again is lost', async () => {
    await using guest = await TestGuest.start({ hangTimeoutMs: 1000, maxHangs: 2 });
    const { gpu, ram } = guest;
    ram.bytes.set(CORNERS, 4096);
    gpu.createResource(RESOURCE, picture(SIDE, SIDE));
    gpu.createResource(VERTEX, buffer(CORNERS.length, 16));
    gpu.attachBacking(VERTEX, [{ region: 0, offset: 4096, length: CORNERS.length }]);
    const whole = { level: 0, stride: 0, layerStride: 0, x: 0, y: 0, z: 0, height: 1, depth: 1, offset: 0 };
    gpu.transferToHost(0, { ...whole, resource: VERTEX, width: CORNERS.length });
    for (const context of [CONTEXT, 2]) {
      gpu.createContext(context, 'test');
      gpu.attachResource(context, RESOURCE);
      gpu.attachResource(context, VERTEX);
      guest.submit(context, triangleState(VERTEX), clearTo(0, 0, 0), color(0.5, 0.25, 0, 1), draw(3));
    }
    const before = await guest.read(RESOURCE, SIDE, SIDE);
    await gpu.spareReady();
    const endless = [...shader(9, 1, ENDLESS_SHADER), ...command('bindShader', [9, 1]), ...ENDLESS];
    expect(await guest.answer(guest.submit(2, endless))).toBeNull();
    await guest.finish();
    expect(guest.restarts.map(({ lostContext }) => lostContext)).toEqual([null]);
    guest.submit(CONTEXT, clearTo(0, 0, 0), draw(3));
    expect(await guest.read(RESOURCE, SIDE, SIDE)).toEqual(before);
    await gpu.spareReady();
    guest.submit(2, ENDLESS);
    await guest.finish();
    expect(guest.restarts.map(({ lostContext }) => lostContext)).toEqual([null, 2]);
    expect(await guest.answer(guest.submit(2, draw(3)))).toBe('context');
    guest.submit(CONTEXT, clearTo(0, 0, 0), draw(3));
    expect(await guest.read(RESOURCE, SIDE, SIDE)).toEqual(before);
  });
});
