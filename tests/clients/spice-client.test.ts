/** Proves the scripted client, the test guest and their decoders against QEMU's own SPICE server. */
import { describe, expect, test } from 'vitest';
import { KEYS_STRIPS, LAYOUT, keyLogStrip, scrollLineStrip, scrollStrips, videoStrips } from '../guest/layout.ts';
import { firstDifference, testPattern } from '../guest/pattern.ts';
import { QemuSpice, type PeerDevice } from './qemu-spice.ts';
import { SpiceClient } from './spice-client.ts';

const SCREEN = { width: 1280, height: 800 };
const WHOLE = { x: 0, y: 0, ...SCREEN };

// A guest boots in about ten seconds of an idle machine, in a minute of a busy one.
describe("scripted client against QEMU's SPICE server", { timeout: 120_000 }, () => {
  test.for([
    ['virtio', 'tcp'],
    ['virtio', 'unix'],
    ['std', 'tcp'],
  ] as const)('shows the pattern of %s by %s bit for bit', async ([device, transport]) => {
    await using peer = await QemuSpice.start({ program: 'pattern', device, transport });
    await using client = new SpiceClient();
    const pattern = testPattern(SCREEN.width, SCREEN.height);
    await client.connect(peer.target, pattern);
    const times = await client.picture();
    expect(times.picture).toBeGreaterThan(0);
    expect(firstDifference(await client.pixels(WHOLE), pattern)).toBeNull();
  });

  test('is refused with a wrong password and let in with the right one', async () => {
    await using peer = await QemuSpice.start({
      program: 'idle',
      device: 'virtio',
      transport: 'tcp',
      password: 'correct',
    });
    await using wrong = new SpiceClient();
    await wrong.connect({ ...peer.target, password: 'wrong' });
    await expect(wrong.opened('main')).rejects.toThrow('error-auth');
    await using right = new SpiceClient();
    await right.connect(peer.target);
    await right.surface(SCREEN);
  });

  test('types keys and points, and the guest shows exactly those', async () => {
    await using peer = await QemuSpice.start({ program: 'keys', device: 'virtio', transport: 'tcp' });
    await using client = new SpiceClient();
    await client.connect(peer.target);
    await client.surface(SCREEN);
    await client.opened('inputs');
    await client.awaitCells(KEYS_STRIPS.ready, LAYOUT.keysReadyValue);
    // Set 1 scancodes of A, S, D are also Linux key codes; 0x148 is the extended Up, KEY_UP 103.
    for (const scancode of [30, 31, 32, 0x148]) await client.tap(scancode);
    await client.awaitCells(KEYS_STRIPS.logged, 8);
    const log = await client.cells(...Array.from({ length: 8 }, (_, i) => keyLogStrip(i)));
    expect(log).toEqual([30, 31, 32, 103].flatMap((code) => [0x8000 | code, code]));
    await client.mouseMode(2);
    await client.pointer(1000, 700);
    await client.awaitCells(KEYS_STRIPS.x, 1000, { within: 1 });
    await client.awaitCells(KEYS_STRIPS.y, 700, { within: 1 });
    const ms = await client.latency({
      strip: KEYS_STRIPS.count,
      presses: 10,
      scancode: 30,
      gapMs: 20,
      timeoutMs: 5000,
    });
    expect(ms).toHaveLength(10);
  });

  test.for(['virtio', 'std'] as const)('counts frames of moving pictures on %s', async (device: PeerDevice) => {
    await using scroll = await QemuSpice.start({ program: 'scroll', device, transport: 'tcp' });
    await using client = new SpiceClient();
    await client.connect(scroll.target);
    await client.surface(SCREEN);
    const lines = [0, 20, 40].map((offset) => ({ strip: scrollLineStrip(offset), offset }));
    const counts = await client.count(3000, scrollStrips(SCREEN.height), lines);
    expect(counts.whole + counts.torn).toBeGreaterThan(0);
    expect(counts.bytes).toBeGreaterThan(0);
  });

  test('counts frames of video', async () => {
    await using video = await QemuSpice.start({ program: 'video', device: 'virtio', transport: 'tcp' });
    await using client = new SpiceClient();
    await client.connect(video.target);
    await client.surface(SCREEN);
    const counts = await client.count(3000, videoStrips());
    expect(counts.whole).toBeGreaterThan(0);
  });
});
