import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { silentLogger } from '../../base/log.ts';
import { duplicateFd } from '../../base/native/fd.ts';
import { createFrameChannel, FrameConsumer, FrameControl } from '../../display/frame-channel.ts';
import { hasEgl } from '../../gl/egl/test-device.ts';
import type { RenderLimits } from '../../gl/core/limits.ts';
import {
  bindObject,
  command,
  COVERING_VERTEX,
  createObject,
  createShader,
  drawVbo,
  f32,
  TRIANGLES,
} from '../../gl/virgl/test-guest.ts';
import { STAGE } from '../../gl/virgl/virgl-limits.ts';
import { joinBytes } from '../../wire/writer.ts';
import { commandBytes } from '../devices/gpu/test-guest.ts';
import { clearTo, noName, rectOf, surfaceOf, textureArgs } from '../devices/gpu/test-render-guest.ts';
import { GpuResponse } from '../devices/gpu/wire/gpu.gen.ts';
import { VhostUserGpu } from './vhost-user-gpu.ts';
import { RAM_BASE, VhostUserTestPeer } from './vhost-user-test-peer.ts';

const WIDTH = 32;
const HEIGHT = 16;
const BYTES = WIDTH * HEIGHT * 4;
const DATA = 0x4_0000;
const FENCED = { flags: 1, fenceLow: 1 };
const whole = rectOf(WIDTH, HEIGHT);

let stack = new AsyncDisposableStack();
afterEach(async () => {
  await stack.disposeAsync();
  stack = new AsyncDisposableStack();
});

interface Machine {
  readonly gpu: VhostUserGpu;
  readonly peer: VhostUserTestPeer;
  /** Resolves when the screen's first pixel has this colour, 0xRRGGBB. */
  readonly shows: (color: number) => Promise<void>;
}

async function start(
  renderNode: string,
  limits: Partial<RenderLimits> = {},
  shaderFolder: string | null = null,
): Promise<Machine> {
  const channel = createFrameChannel();
  const control = new FrameControl(channel.source);
  const consumer = new FrameConsumer(control.connectConsumer());
  control.setWanted(true);
  const gpu = await VhostUserGpu.start({
    log: silentLogger,
    heads: [channel.sink],
    width: 1280,
    height: 800,
    render: { renderNode, limits, shaderFolder },
  });
  const peer = new VhostUserTestPeer(duplicateFd(gpu.qemuSocket));
  gpu.releaseQemuSocket();
  stack.defer(async () => {
    await gpu.close();
    peer.close();
    consumer.close();
    control.close();
  });
  const shows = async (color: number): Promise<void> => {
    for (;;) {
      const taken = consumer.take();
      if (taken !== null) {
        const { buffer } = consumer.mailbox!.memory;
        const pixel = taken.width === WIDTH ? new Uint32Array(buffer, taken.offset, 1)[0]! : -1;
        if ((pixel & 0xff_ffff) === color) return;
        continue;
      }
      await new Promise<void>((resolve) => {
        consumer.onWake = consumer.onResize = resolve;
        if (consumer.mailbox !== null && !consumer.wishWake()) resolve();
      });
    }
  };
  return { gpu, peer, shows };
}

async function send(peer: VhostUserTestPeer, bytes: Uint8Array): Promise<void> {
  const answer = await peer.command(bytes);
  expect(new DataView(answer.buffer).getUint32(0, true)).toBe(GpuResponse.okNodata);
}

/** Submits words of the virgl protocol and flushes the texture that is on the screen. */
async function draw(peer: VhostUserTestPeer, words: readonly number[]): Promise<void> {
  const tail = new Uint8Array(Uint32Array.from(words).buffer);
  const submit = commandBytes('submit3d', { size: tail.length }, { contextId: 1, ...FENCED });
  await send(peer, joinBytes([submit, tail]));
  await send(peer, commandBytes('resourceFlush', { resourceId: 1, rect: whole }, FENCED));
}

async function showTexture(peer: VhostUserTestPeer): Promise<void> {
  for (const bytes of [
    commandBytes('contextCreate', noName, { contextId: 1 }),
    commandBytes('resourceCreate3d', textureArgs(1, WIDTH, HEIGHT)),
    commandBytes('contextAttachResource', { resourceId: 1 }, { contextId: 1 }),
    commandBytes('setScanout', { scanoutId: 0, resourceId: 1, rect: whole }),
  ]) {
    await send(peer, bytes);
  }
}

/** The process that renders: of this one's children that run its program, the first started. Numbers of processes wrap. */
function renderProcess(): number {
  const children: { readonly pid: number; readonly startedAt: number }[] = [];
  for (const pid of readdirSync('/proc').map(Number)) {
    if (!(pid > 0)) continue;
    try {
      // proc(5): what follows the name in brackets begins with field 3, the state.
      const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)!.split(' ');
      if (Number(fields[1]) !== process.pid) continue;
      if (!readFileSync(`/proc/${pid}/cmdline`).includes('guest-program.ts')) continue;
      children.push({ pid, startedAt: Number(fields[19]) });
    } catch {
      // It ended meanwhile.
    }
  }
  const [first] = children.sort((one, other) => one.startedAt - other.startedAt || one.pid - other.pid);
  if (first === undefined) throw new Error('nothing renders');
  return first.pid;
}

/** Paints one triangle, whose corners are made of their numbers, over all of the framebuffer. */
const PAINT = [
  command('setFramebufferState', 1, 0, 1),
  command('setViewportState', 0, ...f32(WIDTH / 2, HEIGHT / 2, 0.5, WIDTH / 2, HEIGHT / 2, 0.5)),
  createObject('vertexElements', 4),
  bindObject('vertexElements', 4),
  createShader(5, 'vertex', COVERING_VERTEX),
  createShader(
    6,
    'fragment',
    'FRAG\nDCL OUT[0], COLOR\nIMM[0] FLT32 { 0.0, 1.0, 0.25, 1.0 }\nMOV OUT[0], IMM[0]\nEND\n',
  ),
  command('bindShader', 5, STAGE.vertex),
  command('bindShader', 6, STAGE.fragment),
  drawVbo(TRIANGLES, 3),
];

describe.skipIf(!hasEgl)('with 3D', () => {
  test('the guest is offered virgl, draws, and is seen', async () => {
    const { gpu, peer, shows } = await start('software');
    expect(gpu.isRendering).toBe(true);
    const features = await peer.ask('getFeatures', {});
    expect(features.view.getUint32(features.take(8, 'features'), true) & 1).toBe(1);
    await peer.startQueues();
    await showTexture(peer);
    await draw(peer, [...surfaceOf(1), ...clearTo(1, 0x12_3456)]);
    await shows(0x12_3456);
  });

  test('what is compiled for the guest is kept when it ends', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'saffron-shaders-'));
    const { gpu, peer, shows } = await start('software', {}, folder);
    await peer.startQueues();
    await showTexture(peer);
    await draw(peer, [...surfaceOf(1), ...PAINT.flat()]);
    await shows(0x00_ff40);
    await gpu.close();
    expect(readdirSync(folder)).toEqual(['shaders.foz']);
    rmSync(folder, { recursive: true });
  });

  test('textures are filled from the guest’s memory, and read back into it', async () => {
    const { peer, shows } = await start('software');
    await peer.startQueues();
    await showTexture(peer);
    const entries = [
      { address: RAM_BASE + DATA, length: 1000 },
      { address: RAM_BASE + DATA + 4096, length: BYTES - 1000 },
    ];
    await send(peer, commandBytes('resourceAttachBacking', { resourceId: 1, entries }));
    peer.ram.fill(0x5a, DATA, DATA + 8192);
    const transfer = { ...whole, z: 0, depth: 1, offset: 0, resource: 1, level: 0, stride: 0, layerStride: 0 };
    await send(peer, commandBytes('transferToHost3d', transfer, { contextId: 1 }));
    await send(peer, commandBytes('resourceFlush', { resourceId: 1, rect: whole }));
    await shows(0x5a_5a5a);
    await draw(peer, [...surfaceOf(1), ...clearTo(1, 0x12_3456)]);
    await send(peer, commandBytes('transferFromHost3d', transfer, { contextId: 1, ...FENCED }));
    expect([...peer.ram.subarray(DATA + 4096, DATA + 4100)]).toEqual([0x56, 0x34, 0x12, 0xff]);
    expect(peer.ram[DATA + 1000]).toBe(0x5a);
  });

  test('what passes a limit is refused and told, and the guest keeps its picture', async () => {
    const { gpu, peer, shows } = await start('software', { maxResources: 1 });
    const told = new Promise((resolve) => void gpu.onQuota.subscribe(resolve));
    await peer.startQueues();
    await showTexture(peer);
    const answer = await peer.command(commandBytes('resourceCreate3d', textureArgs(2, WIDTH, HEIGHT)));
    expect(new DataView(answer.buffer).getUint32(0, true)).toBe(GpuResponse.errOutOfMemory);
    expect(await told).toMatchObject({ reason: expect.stringContaining('resources') as string, refusals: 1 });
    await draw(peer, [...surfaceOf(1), ...clearTo(1, 0x12_3456)]);
    await shows(0x12_3456);
  });

  test('when who renders is killed, another goes on, and the guest hears nothing of it', async () => {
    const { gpu, peer, shows } = await start('software');
    const restarted = new Promise((resolve) => void gpu.onRestart.subscribe(resolve));
    await peer.startQueues();
    await showTexture(peer);
    await draw(peer, [...surfaceOf(1), ...clearTo(1, 0x12_3456)]);
    await shows(0x12_3456);
    process.kill(renderProcess(), 'SIGKILL');
    await draw(peer, clearTo(1, 0x65_4321));
    expect(await restarted).toMatchObject({ reason: expect.stringContaining('SIGKILL') as string });
    await draw(peer, clearTo(1, 0x77_8899));
    await shows(0x77_8899);
  });
});

test('where nothing can render, the guest gets 2D, and the reason is told', async () => {
  const { gpu, peer } = await start('/dev/there-is-no-such-node');
  expect(gpu.isRendering).toBe(false);
  expect(gpu.reason).toMatch(/\S/);
  const features = await peer.ask('getFeatures', {});
  expect(features.view.getUint32(features.take(8, 'features'), true) & 1).toBe(0);
});
