import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { silentLogger } from '../../base/log.ts';
import { FakeGuest } from '../fake-guest.ts';
import { ManualClock } from '../manual-clock.ts';
import { SpiceServer } from '../server.ts';
import { TestViewer, type TestChannel } from '../test-viewer.ts';
import { Tickets } from '../ticket.ts';
import { inputsClient, inputsServer, KeyModifiers } from '../wire/inputs.gen.ts';
import { ChannelType } from '../wire/link.gen.ts';

let guest: FakeGuest;
let server: SpiceServer;
let clock: ManualClock;

beforeEach(() => {
  guest = new FakeGuest();
  clock = new ManualClock();
  server = new SpiceServer({
    guest,
    tickets: new Tickets({ password: null, viewOnlyPassword: 'look' }),
    log: silentLogger,
    clock,
  });
});

afterEach(() => server.close());

async function openInputs(password = ''): Promise<{ viewer: TestViewer; inputs: TestChannel }> {
  const viewer = await TestViewer.connect(server, { password, chunkBytes: 1 });
  const inputs = await viewer.open(ChannelType.inputs);
  await inputs.until(inputsServer.init);
  return { viewer, inputs };
}

/** Waits until the guest was told that many things, then returns them. */
async function events(count: number): Promise<readonly string[]> {
  while (guest.input.events.length < count) {
    await new Promise<void>((resolve) => {
      guest.input.onEvent = resolve;
    });
  }
  return guest.input.events;
}

const noButtons = { buttonsState: 0 };

/** Four motions are answered: everything sent before has been handled then. */
async function handled(inputs: TestChannel): Promise<void> {
  for (let i = 0; i < 4; i++) inputs.send(inputsClient.mouseMotion, { dx: 0, dy: 0, ...noButtons });
  await inputs.until(inputsServer.mouseMotionAck);
}

describe('keys', () => {
  test('come as scancodes, extended ones and Pause among them', async () => {
    const { inputs } = await openInputs();
    inputs.send(inputsClient.keyDown, { code: 0x1e });
    inputs.send(inputsClient.keyUp, { code: 0x9e });
    inputs.send(inputsClient.keyDown, { code: 0x48e0 });
    inputs.send(inputsClient.keyUp, { code: 0xc8e0 });
    inputs.send(inputsClient.keyDown, { code: 0x1de1 });
    inputs.send(inputsClient.keyDown, { code: 0x45 });
    inputs.send(inputsClient.keyUp, { code: 0x9de1 });
    inputs.send(inputsClient.keyUp, { code: 0xc5 });
    inputs.send(inputsClient.keyScancode, { data: Uint8Array.of(0x1c, 0x9c, 0xe0, 0x2a, 0, 0xe0) });
    inputs.send(inputsClient.keyScancode, { data: Uint8Array.of(0x5b) });
    expect(await events(9)).toEqual([
      'key 1e down',
      'key 1e up',
      'key e048 down',
      'key e048 up',
      'key e046 down',
      'key e046 up',
      'key 1c down',
      'key 1c up',
      'key e05b down',
    ]);
  });

  test('that are held go up when the viewer leaves', async () => {
    const { viewer, inputs } = await openInputs();
    inputs.send(inputsClient.keyDown, { code: 0x1d });
    inputs.send(inputsClient.keyDown, { code: 0x38 });
    inputs.send(inputsClient.mousePress, { button: 1, ...noButtons });
    await events(3);
    viewer.main.close();
    expect((await events(6)).slice(3)).toEqual(['key 1d up', 'key 38 up', 'button left up']);
  });

  test('held by two viewers go up with the second', async () => {
    const [one, two] = [await openInputs(), await openInputs()];
    one.inputs.send(inputsClient.keyDown, { code: 0x2a });
    await events(1);
    two.inputs.send(inputsClient.keyDown, { code: 0x2a });
    await events(2);
    one.inputs.send(inputsClient.keyUp, { code: 0xaa });
    await handled(one.inputs);
    expect(guest.input.events.filter((event) => event.startsWith('key'))).toEqual(['key 2a down', 'key 2a down']);
    two.inputs.send(inputsClient.keyUp, { code: 0xaa });
    await handled(two.inputs);
    expect(guest.input.events.filter((event) => event === 'key 2a up')).toHaveLength(1);
  });

  test('repeat while they are held', async () => {
    const { inputs } = await openInputs();
    for (let i = 0; i < 3; i++) inputs.send(inputsClient.keyDown, { code: 0x10 });
    expect(await events(3)).toEqual(['key 10 down', 'key 10 down', 'key 10 down']);
  });
});

describe('the pointer', () => {
  test('moves, is placed, clicks and turns the wheel', async () => {
    const { inputs } = await openInputs();
    inputs.send(inputsClient.mouseMotion, { dx: -3, dy: 4, ...noButtons });
    inputs.send(inputsClient.mousePosition, { x: 10, y: 20, displayId: 0, ...noButtons });
    for (const button of [2, 3, 6, 7, 4, 5, 0, 99]) {
      inputs.send(inputsClient.mousePress, { button, ...noButtons });
      inputs.send(inputsClient.mouseRelease, { button, ...noButtons });
    }
    expect(await events(12)).toEqual([
      'motion -3 4',
      'position 0 10 20',
      'button middle down',
      'button middle up',
      'button right down',
      'button right up',
      'button side down',
      'button side up',
      'button extra down',
      'button extra up',
      'wheel 0 1',
      'wheel 0 -1',
    ]);
  });

  test('is acknowledged every four moves, of either kind', async () => {
    const { inputs } = await openInputs();
    for (let i = 0; i < 9; i++) {
      if (i % 2 === 0) inputs.send(inputsClient.mouseMotion, { dx: 1, dy: 1, ...noButtons });
      else inputs.send(inputsClient.mousePosition, { x: 1, y: 1, displayId: 0, ...noButtons });
    }
    await inputs.until(inputsServer.mouseMotionAck);
    await inputs.until(inputsServer.mouseMotionAck);
    expect(await events(9)).toHaveLength(9);
  });
});

describe('lock keys', () => {
  test('are told when they change, and at first', async () => {
    guest.input.lockLights = { scroll: false, num: true, caps: false };
    const viewer = await TestViewer.connect(server);
    const inputs = await viewer.open(ChannelType.inputs);
    expect(await inputs.until(inputsServer.init)).toEqual({ modifiers: KeyModifiers.numLock });
    guest.input.setLights({ scroll: true, num: false, caps: true });
    const modifiers = KeyModifiers.scrollLock | KeyModifiers.capsLock;
    expect(await inputs.until(inputsServer.keyModifiers)).toEqual({ modifiers });
  });

  test('are pressed where the viewer has them otherwise, once while the guest makes up its mind', async () => {
    const { inputs } = await openInputs();
    inputs.send(inputsClient.keyModifiers, { modifiers: KeyModifiers.capsLock | KeyModifiers.numLock });
    inputs.send(inputsClient.keyModifiers, { modifiers: KeyModifiers.capsLock | KeyModifiers.numLock });
    await handled(inputs);
    const keys = guest.input.events.filter((event) => event.startsWith('key'));
    expect(keys).toEqual(['key 45 down', 'key 45 up', 'key 3a down', 'key 3a up']);
    clock.advance(600);
    inputs.send(inputsClient.keyModifiers, { modifiers: KeyModifiers.capsLock });
    await handled(inputs);
    expect(guest.input.events.filter((event) => event === 'key 3a down')).toHaveLength(2);
  });
});

describe('a viewer that may only look', () => {
  test('has its input read, acknowledged and dropped', async () => {
    const { inputs } = await openInputs('look');
    inputs.send(inputsClient.keyDown, { code: 0x1e });
    inputs.send(inputsClient.keyScancode, { data: Uint8Array.of(0x1e) });
    inputs.send(inputsClient.keyModifiers, { modifiers: 7 });
    inputs.send(inputsClient.mousePress, { button: 1, ...noButtons });
    inputs.send(inputsClient.mousePosition, { x: 1, y: 1, displayId: 0, ...noButtons });
    await handled(inputs);
    expect(guest.input.events).toEqual([]);
  });
});
