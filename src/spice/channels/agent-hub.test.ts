import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { silentLogger } from '../../base/log.ts';
import type { Codec } from '../../wire/codec.ts';
import { Reader } from '../../wire/reader.ts';
import { joinBytes, Writer } from '../../wire/writer.ts';
import { FakeGuest, type FakeAgentPort } from '../fake-guest.ts';
import type { SpiceLimits } from '../limits.ts';
import { ManualClock } from '../manual-clock.ts';
import { SpiceServer } from '../server.ts';
import { TestViewer, type TestChannel } from '../test-viewer.ts';
import { Tickets } from '../ticket.ts';
import {
  AgentCap,
  agentFromGuest,
  AgentPort,
  agentProtocol,
  agentToGuest,
  AgentButtons,
  FileXferResult,
  readAgentChunk,
  readAgentHeader,
  writeAgentChunk,
} from '../wire/agent.gen.ts';
import { capWords } from '../wire/caps.ts';
import { inputsClient } from '../wire/inputs.gen.ts';
import { ChannelType } from '../wire/link.gen.ts';
import { mainClient, mainServer, MouseMode } from '../wire/main.gen.ts';
import { printMessage } from './agent-port-writer.ts';

const CLIPBOARD_CAPS = [AgentCap.clipboardByDemand, AgentCap.clipboardSelection];

let guest: FakeGuest;
let port: FakeAgentPort;
let server: SpiceServer;

function start(limits: Partial<SpiceLimits> = {}): void {
  guest = new FakeGuest({ hasAgent: true });
  if (guest.agent === null) throw new Error('no agent');
  port = guest.agent;
  const tickets = new Tickets({ password: null, viewOnlyPassword: 'look' });
  server = new SpiceServer({ guest, tickets, log: silentLogger, clock: new ManualClock(), limits });
}

beforeEach(() => start());
afterEach(() => server.close());

function printBody<T>(codec: Codec<T>, message: T, features: number): Uint8Array {
  const w = new Writer(features);
  codec.write(w, message);
  return joinBytes(w.finish());
}

const SELECTIONS = 1 << AgentCap.clipboardSelection;

/** The guest's agent says something, in chunks of `size`. */
function guestSays<T>(codec: Codec<T>, message: T, features = SELECTIONS, size = 2048): void {
  const bytes = printMessage(codec.id, [printBody(codec, message, features)]);
  for (let at = 0; at < bytes.byteLength; at += size) {
    const piece = bytes.subarray(at, at + size);
    const w = new Writer();
    writeAgentChunk(w, { port: AgentPort.client, size: piece.byteLength });
    port.onData.emit(joinBytes([...w.finish(), piece]));
  }
}

interface GuestMessage {
  readonly port: number;
  readonly type: number;
  readonly body: Uint8Array;
}

/** What the guest has got so far, put together; throws when chunks or messages are mixed up. */
function guestGot(): GuestMessage[] {
  const streams = new Map<number, Uint8Array>();
  const messages: GuestMessage[] = [];
  for (let at = 0; at < port.written.byteLength;) {
    const chunk = readAgentChunk(new Reader(port.written.subarray(at, at + 8)));
    expect(chunk.size).toBeLessThanOrEqual(agentProtocol.maxChunkBytes);
    let bytes = joinBytes([
      streams.get(chunk.port) ?? new Uint8Array(0),
      port.written.slice(at + 8, at + 8 + chunk.size),
    ]);
    at += 8 + chunk.size;
    for (;;) {
      if (bytes.byteLength < agentProtocol.headerBytes) break;
      const { protocol, type, size } = readAgentHeader(new Reader(bytes));
      expect(protocol).toBe(1);
      const end = agentProtocol.headerBytes + size;
      if (bytes.byteLength < end) break;
      messages.push({ port: chunk.port, type, body: bytes.slice(agentProtocol.headerBytes, end) });
      bytes = bytes.slice(end);
    }
    streams.set(chunk.port, bytes);
  }
  return messages;
}

/** The guest's messages of a kind. */
function guestGotOf<T>(codec: Codec<T>, features = SELECTIONS): T[] {
  return guestGot()
    .filter(({ type }) => type === codec.id)
    .map(({ body }) => codec.read(new Reader(body, features)));
}

/** A viewer's side of the agent. */
class AgentViewer {
  readonly viewer: TestViewer;
  #bytes: Uint8Array = new Uint8Array(0);
  tokens: number;

  constructor(viewer: TestViewer) {
    this.viewer = viewer;
    this.tokens = viewer.init.agentTokens;
  }

  get main(): TestChannel {
    return this.viewer.main;
  }

  static async connect(caps: readonly number[] = CLIPBOARD_CAPS): Promise<AgentViewer> {
    const one = new AgentViewer(await TestViewer.connect(server));
    one.main.send(mainClient.agentStart, { tokens: 0xffff_ffff });
    await one.say(agentToGuest.announceCapabilities, { request: true, caps: capWords(caps) });
    await one.hear(agentFromGuest.announceCapabilities);
    return one;
  }

  /** Sends a message in pieces, waiting for tokens as a viewer does. */
  async say<T>(codec: Codec<T>, message: T, features = SELECTIONS): Promise<void> {
    await this.sendBytes(printMessage(codec.id, [printBody(codec, message, features)]));
  }

  async sendBytes(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.byteLength; at += 2048) {
      while (this.tokens === 0) this.tokens += (await this.main.until(mainServer.agentToken)).tokens;
      this.tokens -= 1;
      this.main.send(mainClient.agentData, { data: bytes.slice(at, at + 2048) });
    }
  }

  /** The next message of that kind. */
  async hear<T>(codec: Codec<T>, features = SELECTIONS): Promise<T> {
    for (;;) {
      while (this.#bytes.byteLength < agentProtocol.headerBytes) await this.#more();
      const { type, size } = readAgentHeader(new Reader(this.#bytes));
      while (this.#bytes.byteLength < agentProtocol.headerBytes + size) await this.#more();
      const body = this.#bytes.slice(agentProtocol.headerBytes, agentProtocol.headerBytes + size);
      this.#bytes = this.#bytes.slice(agentProtocol.headerBytes + size);
      if (type === codec.id) return codec.read(new Reader(body, features));
    }
  }

  async #more(): Promise<void> {
    const { data } = await this.main.until(mainServer.agentData);
    expect(data.byteLength).toBeLessThanOrEqual(2048);
    this.#bytes = joinBytes([this.#bytes, data]);
  }
}

function openGuest(caps: readonly number[] = [...CLIPBOARD_CAPS, AgentCap.monitorsConfig]): void {
  port.setOpen(true);
  guestSays(agentFromGuest.announceCapabilities, { request: false, caps: capWords(caps) });
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

const selection = { id: 0 };
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('without an agent in the guest', () => {
  test('a viewer can still ask for a size', async () => {
    const one = await AgentViewer.connect();
    const monitor = { depth: 32, x: 0, y: 0 };
    const monitors = [
      { ...monitor, width: 1024, height: 768 },
      { ...monitor, width: 800, height: 600 },
    ];
    await one.say(agentToGuest.monitorsConfig, { flags: 0, monitors, physicalSizes: null });
    await until(() => guest.sizes.length > 0);
    expect(guest.sizes).toEqual(['0: 1024x768']);
    expect(port.written.byteLength).toBe(0);
  });

  test('a file transfer is refused at once', async () => {
    const one = await AgentViewer.connect();
    await one.say(agentToGuest.fileXferStart, { id: 4, data: bytesOf('[vdagent-file-xfer]') });
    const status = await one.hear(agentFromGuest.fileXferStatus);
    expect(status).toMatchObject({ id: 4, result: FileXferResult.vdagentNotConnected });
  });
});

describe('one viewer', () => {
  test('and the guest tell each other what they can do', async () => {
    const one = await AgentViewer.connect();
    openGuest([AgentCap.fileXferDisabled, AgentCap.clipboardGrabSerial]);
    const { caps } = await one.hear(agentFromGuest.announceCapabilities);
    const own = [...CLIPBOARD_CAPS, AgentCap.monitorsConfig, AgentCap.sparseMonitorsConfig];
    expect(caps).toEqual(capWords([...own, AgentCap.fileXferDisabled]));
    const server = [AgentCap.mouseState, AgentCap.monitorsConfig, AgentCap.reply];
    const [first] = guestGotOf(agentToGuest.announceCapabilities);
    expect(first).toEqual({ request: true, caps: capWords([...server, ...CLIPBOARD_CAPS]) });
  });

  test('copies a long text to the guest, piece by piece within its tokens', async () => {
    openGuest();
    const one = await AgentViewer.connect();
    await one.say(agentToGuest.clipboardGrab, { selection, serial: null, types: [1] });
    const data = new Uint8Array(300_000).map((_, i) => i % 251);
    await one.say(agentToGuest.clipboard, { selection, type: 1, data });
    await until(() => guestGotOf(agentToGuest.clipboard).length === 1);
    expect(guestGotOf(agentToGuest.clipboard)[0]?.data).toEqual(data);
  });

  test('that sends without a token loses its session, and the next one is served', async () => {
    openGuest();
    port.takes = false;
    guestSays(agentFromGuest.announceCapabilities, { request: true, caps: capWords(CLIPBOARD_CAPS) });
    const one = await AgentViewer.connect();
    await one.say(agentToGuest.clipboardGrab, { selection, serial: null, types: [1] });
    await one.say(agentToGuest.clipboard, { selection, type: 1, data: new Uint8Array(400_000) });
    for (let i = 0; i < 100; i++) {
      const message = printMessage(agentToGuest.maxClipboard.id, [Uint8Array.of(1, 0, 0, 0)]);
      one.main.send(mainClient.agentData, { data: message });
    }
    await one.main.drained();
    await AgentViewer.connect();
  });

  test('that sends no agent message loses its session, and the next one is served', async () => {
    const one = await AgentViewer.connect();
    one.main.send(mainClient.agentData, { data: new Uint8Array(20).fill(9) });
    await one.main.drained();
    await AgentViewer.connect();
  });

  test('that sends too long a message has it skipped', async () => {
    await server.close();
    start({ maxAgentMessageBytes: 10_000 });
    openGuest();
    const one = await AgentViewer.connect();
    await one.say(agentToGuest.clipboardGrab, { selection, serial: null, types: [1] });
    await one.say(agentToGuest.clipboard, { selection, type: 1, data: new Uint8Array(20_000) });
    await one.say(agentToGuest.clipboard, { selection, type: 1, data: bytesOf('short') });
    await until(() => guestGotOf(agentToGuest.clipboard).length > 0);
    expect(guestGotOf(agentToGuest.clipboard).map(({ data }) => data)).toEqual([bytesOf('short')]);
  });

  test('gets no tokens back while the guest does not read', async () => {
    openGuest();
    port.takes = false;
    guestSays(agentFromGuest.announceCapabilities, { request: true, caps: capWords(CLIPBOARD_CAPS) });
    const one = await AgentViewer.connect();
    await one.say(agentToGuest.clipboardGrab, { selection, serial: null, types: [1] });
    const data = new Uint8Array(400_000);
    await one.say(agentToGuest.clipboard, { selection, type: 1, data });
    while (one.tokens > 0) await one.say(agentToGuest.clipboard, { selection, type: 1, data: new Uint8Array(0) });
    const token = one.main.until(mainServer.agentToken);
    port.drain();
    expect((await token).tokens).toBeGreaterThan(0);
  });
});

describe('several viewers', () => {
  test('send messages that never mix', async () => {
    openGuest();
    const [one, two] = [await AgentViewer.connect(), await AgentViewer.connect()];
    await one.say(agentToGuest.clipboardGrab, { selection, serial: null, types: [1] });
    await two.say(agentToGuest.clipboardGrab, { selection: { id: 1 }, serial: null, types: [1] });
    await until(() => guestGotOf(agentToGuest.clipboardGrab).length === 2);
    await Promise.all([
      one.say(agentToGuest.clipboard, { selection, type: 1, data: new Uint8Array(50_000).fill(1) }),
      two.say(agentToGuest.clipboard, { selection: { id: 1 }, type: 1, data: new Uint8Array(50_000).fill(2) }),
    ]);
    await until(() => guestGotOf(agentToGuest.clipboard).length === 2);
    for (const { data, selection: which } of guestGotOf(agentToGuest.clipboard)) {
      expect(new Set(data)).toEqual(new Set([which?.id === 0 ? 1 : 2]));
    }
  });

  test('a message that was never finished does not stop the others', async () => {
    openGuest();
    const [one, two] = [await AgentViewer.connect(), await AgentViewer.connect()];
    one.main.send(mainClient.agentData, {
      data: printMessage(agentToGuest.clipboard.id, [new Uint8Array(500)]).slice(0, 100),
    });
    await two.say(agentToGuest.maxClipboard, { max: 77 });
    await until(() => guestGotOf(agentToGuest.maxClipboard).length === 1);
    one.main.close();
    await two.say(agentToGuest.maxClipboard, { max: 78 });
    await until(() => guestGotOf(agentToGuest.maxClipboard).length === 2);
  });

  test('only the one that asks gets the clipboard, and only those that can get grabs', async () => {
    openGuest();
    const [one, two] = [await AgentViewer.connect(), await AgentViewer.connect()];
    const plain = await AgentViewer.connect([AgentCap.mouseState]);
    guestSays(agentFromGuest.clipboardGrab, { selection, serial: null, types: [1, 2] });
    expect((await one.hear(agentFromGuest.clipboardGrab)).types).toEqual([1, 2]);
    await two.hear(agentFromGuest.clipboardGrab);
    await two.say(agentToGuest.clipboardRequest, { selection, type: 1 });
    await until(() => guestGotOf(agentToGuest.clipboardRequest).length === 1);
    guestSays(agentFromGuest.clipboard, { selection, type: 1, data: bytesOf('for two') }, SELECTIONS, 7);
    guestSays(agentFromGuest.reply, { type: 2, error: 1 });
    expect((await two.hear(agentFromGuest.clipboard)).data).toEqual(bytesOf('for two'));
    // What comes next is the same for all: nothing else came before it.
    for (const other of [one, plain]) await other.hear(agentFromGuest.reply);
    expect(one.main.passed.length).toBeLessThan(10);
  });

  test('the last to grab owns the clipboard; the guest is told when the owner leaves', async () => {
    openGuest();
    const [one, two] = [await AgentViewer.connect(), await AgentViewer.connect()];
    guestSays(agentFromGuest.clipboardGrab, { selection, serial: null, types: [1] });
    await one.hear(agentFromGuest.clipboardGrab);
    await two.say(agentToGuest.clipboardGrab, { selection, serial: null, types: [1] });
    await one.hear(agentFromGuest.clipboardRelease);
    await one.say(agentToGuest.clipboard, { selection, type: 1, data: bytesOf('not mine') });
    guestSays(agentFromGuest.clipboardRequest, { selection, type: 1 });
    await two.hear(agentFromGuest.clipboardRequest);
    two.main.close();
    await until(() => guestGotOf(agentToGuest.clipboardRelease).length === 1);
    expect(guestGotOf(agentToGuest.clipboard)).toEqual([]);
  });

  test('what was copied before is there for an agent that starts later, and for one that starts again', async () => {
    const one = await AgentViewer.connect();
    await one.say(agentToGuest.clipboardGrab, { selection, serial: null, types: [1, 3] });
    await one.say(agentToGuest.clipboardGrab, { selection: { id: 1 }, serial: null, types: [1] });
    await one.say(agentToGuest.clipboardRelease, { selection: { id: 1 } });
    await one.say(agentToGuest.announceCapabilities, { request: true, caps: capWords(CLIPBOARD_CAPS) });
    await one.hear(agentFromGuest.announceCapabilities);
    for (let starts = 1; starts <= 2; starts++) {
      openGuest();
      await until(() => guestGotOf(agentToGuest.clipboardGrab).length === starts);
      guestSays(agentFromGuest.clipboardRequest, { selection, type: 3 });
      expect(await one.hear(agentFromGuest.clipboardRequest)).toEqual({ selection, type: 3 });
      port.setOpen(false);
    }
    for (const grab of guestGotOf(agentToGuest.clipboardGrab)) expect(grab).toMatchObject({ selection, types: [1, 3] });
  });

  test('what was copied in the guest is there for a viewer that comes later', async () => {
    openGuest();
    const one = await AgentViewer.connect();
    guestSays(agentFromGuest.clipboardGrab, { selection, serial: null, types: [1] });
    await one.hear(agentFromGuest.clipboardGrab);
    const two = await AgentViewer.connect();
    expect((await two.hear(agentFromGuest.clipboardGrab)).types).toEqual([1]);
    await two.say(agentToGuest.clipboardRequest, { selection, type: 1 });
    await until(() => guestGotOf(agentToGuest.clipboardRequest).length === 1);
  });

  test('a viewer without selections is translated for', async () => {
    openGuest();
    const old = await AgentViewer.connect([AgentCap.clipboardByDemand]);
    await AgentViewer.connect();
    await old.say(agentToGuest.clipboardGrab, { selection: null, serial: null, types: [1] }, 0);
    await until(() => guestGotOf(agentToGuest.clipboardGrab).length === 1);
    expect(guestGotOf(agentToGuest.clipboardGrab)[0]).toMatchObject({ selection: { id: 0 }, types: [1] });
    guestSays(agentFromGuest.clipboardGrab, { selection: { id: 1 }, serial: null, types: [3] });
    guestSays(agentFromGuest.clipboardGrab, { selection, serial: null, types: [2] });
    expect((await old.hear(agentFromGuest.clipboardGrab, 0)).types).toEqual([2]);
  });

  test('transfers with the same number are told apart, and cancelled when their viewer leaves', async () => {
    openGuest();
    const [one, two] = [await AgentViewer.connect(), await AgentViewer.connect()];
    await one.say(agentToGuest.fileXferStart, { id: 1, data: bytesOf('one') });
    await until(() => guestGotOf(agentToGuest.fileXferStart).length === 1);
    await two.say(agentToGuest.fileXferStart, { id: 1, data: bytesOf('two') });
    await until(() => guestGotOf(agentToGuest.fileXferStart).length === 2);
    const [a, b] = guestGotOf(agentToGuest.fileXferStart).map(({ id }) => id);
    expect(a).not.toBe(b);
    guestSays(agentFromGuest.fileXferStatus, {
      id: b ?? 0,
      result: FileXferResult.canSendData,
      data: new Uint8Array(0),
    });
    expect(await two.hear(agentFromGuest.fileXferStatus)).toMatchObject({ id: 1, result: FileXferResult.canSendData });
    await two.say(agentToGuest.fileXferData, { id: 1, data: bytesOf('content') });
    await until(() => guestGotOf(agentToGuest.fileXferData).length === 1);
    expect(guestGotOf(agentToGuest.fileXferData)[0]).toEqual({ id: b, data: bytesOf('content') });
    two.main.close();
    await until(() => guestGotOf(agentToGuest.fileXferStatus).length === 1);
    expect(guestGotOf(agentToGuest.fileXferStatus)[0]).toMatchObject({ id: b, result: FileXferResult.cancelled });
  });

  test('the guest is told when the last one has left', async () => {
    openGuest();
    const one = await AgentViewer.connect();
    one.main.close();
    await until(() => guestGotOf(agentToGuest.clientDisconnected).length === 1);
    expect(guestGot().at(-1)?.port).toBe(AgentPort.server);
  });

  test('one that may only look has no agent', async () => {
    const viewer = await TestViewer.connect(server, { password: 'look' });
    expect(viewer.init.agentConnected).toBe(false);
    viewer.main.send(mainClient.agentStart, { tokens: 5 });
    viewer.main.send(mainClient.agentData, { data: new Uint8Array(50) });
    viewer.main.send(mainClient.mouseModeRequest, { mode: MouseMode.server });
    expect((await viewer.main.until(mainServer.mouseMode)).currentMode).toBe(MouseMode.server);
  });

  test('one that does not read loses the agent until it has caught up', async () => {
    await server.close();
    start({ maxAgentBacklogBytes: 100_000 });
    openGuest();
    const [slow, good] = [await AgentViewer.connect(), await AgentViewer.connect()];
    slow.main.inbox.stream.pause();
    slow.main.send(mainClient.agentStart, { tokens: 0 });
    await until(() => true);
    for (let i = 0; i < 30; i++) {
      guestSays(agentFromGuest.clipboardGrab, {
        selection,
        serial: null,
        types: Array.from({ length: 1000 }, () => 1),
      });
      await good.hear(agentFromGuest.clipboardGrab);
    }
    slow.main.inbox.stream.resume();
    await slow.main.until(mainServer.agentDisconnected);
    expect(await slow.main.until(mainServer.agentConnectedTokens)).toEqual({ tokens: 10 });
  });
});

describe('a hostile guest', () => {
  test('that sends nonsense is ignored until it opens the port anew', async () => {
    openGuest();
    const one = await AgentViewer.connect();
    port.onData.emit(new Uint8Array(100).fill(0xee));
    await one.hear(agentFromGuest.announceCapabilities);
    guestSays(agentFromGuest.reply, { type: 1, error: 1 });
    port.setOpen(false);
    openGuest();
    guestSays(agentFromGuest.reply, { type: 2, error: 1 });
    expect(await one.hear(agentFromGuest.reply)).toEqual({ type: 2, error: 1 });
  });

  test('that answers questions nobody asked reaches nobody', async () => {
    openGuest();
    const one = await AgentViewer.connect();
    guestSays(agentFromGuest.clipboard, { selection, type: 1, data: bytesOf('unasked') });
    guestSays(agentFromGuest.clipboard, { selection: { id: 200 }, type: 1, data: bytesOf('unasked') });
    guestSays(agentFromGuest.fileXferStatus, { id: 99, result: 0, data: new Uint8Array(0) });
    guestSays(agentFromGuest.reply, { type: 2, error: 1 });
    const { data } = await one.main.until(mainServer.agentData);
    expect(readAgentHeader(new Reader(data)).type).toBe(agentFromGuest.reply.id);
  });
});

describe("the agent's pointer", () => {
  test('is used when the machine has no absolute one, buttons and wheel with it', async () => {
    guest.input.hasAbsolutePointer = false;
    const viewer = await TestViewer.connect(server);
    expect(viewer.init.currentMouseMode).toBe(MouseMode.server);
    openGuest([AgentCap.mouseState]);
    expect((await viewer.main.until(mainServer.mouseMode)).currentMode).toBe(MouseMode.client);
    const inputs = await viewer.open(ChannelType.inputs);
    const state = { buttonsState: 0 };
    inputs.send(inputsClient.mousePosition, { x: 5, y: 6, displayId: 0, ...state });
    inputs.send(inputsClient.mousePress, { button: 1, ...state });
    inputs.send(inputsClient.mousePress, { button: 4, ...state });
    inputs.send(inputsClient.mouseRelease, { button: 4, ...state });
    await until(() => guestGotOf(agentToGuest.mouseState).length === 4);
    const at = { x: 5, y: 6, displayId: 0 };
    expect(guestGotOf(agentToGuest.mouseState)).toEqual([
      { ...at, buttons: 0 },
      { ...at, buttons: AgentButtons.left },
      { ...at, buttons: AgentButtons.left | AgentButtons.up },
      { ...at, buttons: AgentButtons.left },
    ]);
    viewer.main.close();
    await until(() => guestGotOf(agentToGuest.mouseState).length === 5);
    expect(guestGotOf(agentToGuest.mouseState).at(-1)).toEqual({ ...at, buttons: 0 });
    expect(guest.input.events).toEqual([]);
  });

  test('is given up when the agent goes', async () => {
    guest.input.hasAbsolutePointer = false;
    openGuest([AgentCap.mouseState]);
    const viewer = await TestViewer.connect(server);
    expect(viewer.init.currentMouseMode).toBe(MouseMode.client);
    port.setOpen(false);
    expect((await viewer.main.until(mainServer.mouseMode)).currentMode).toBe(MouseMode.server);
  });

  test('keeps only the newest place while the guest does not read', async () => {
    guest.input.hasAbsolutePointer = false;
    openGuest([AgentCap.mouseState]);
    const viewer = await TestViewer.connect(server);
    const inputs = await viewer.open(ChannelType.inputs);
    port.takes = false;
    for (let x = 0; x < 100; x++) inputs.send(inputsClient.mousePosition, { x, y: 0, displayId: 0, buttonsState: 0 });
    for (let i = 0; i < 2000; i++) inputs.send(inputsClient.mousePress, { button: 5, buttonsState: 0 });
    inputs.send(inputsClient.keyDown, { code: 0x1e });
    await until(() => guest.input.events.length > 0);
    port.drain();
    expect(guestGotOf(agentToGuest.mouseState).length).toBeLessThan(300);
  });
});
