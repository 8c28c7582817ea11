/**
 * The thread of a machine's devices: board, GPU, disks, input and agent port. It begins by opening what the guest is made
 * of, and ends when it is told to or on an error of our own; no file is left open.
 */
import { readFile } from 'node:fs/promises';
import { createHash, getRandomValues } from 'node:crypto';
import { platform } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { assert } from '../../../base/assert.ts';
import { HostError, messageOf, StateError } from '../../../base/errors.ts';
import { whyNoNativeCalls } from '../../../base/native/native-calls.ts';
import type { PacedRun } from '../../contract.ts';
import type { PointerButton } from '../../../display/contract.ts';
import { openFrameSink } from '../../../display/frame-channel.ts';
import type { GuestGpuProcess } from '../../../gl/process/guest-gpu-process.ts';
import { BalloonDevice } from '../../devices/balloon/device.ts';
import { BlockDevice } from '../../devices/block/device.ts';
import type { Disk } from '../../devices/block/disk.ts';
import { OverlayDisk } from '../../devices/block/overlay-disk.ts';
import { RawDisk } from '../../devices/block/raw-disk.ts';
import { ConsoleDevice } from '../../devices/console/device.ts';
import { GpuDevice } from '../../devices/gpu/device.ts';
import { startRenderer } from '../../devices/gpu/start-renderer.ts';
import { threadLog, troubleReport } from '../../devices/thread-news.ts';
import { GuestDesk } from '../../devices/input/guest-desk.ts';
import { RngDevice } from '../../devices/rng/device.ts';
import { repeatableBytes } from '../../devices/rng/repeatable-bytes.ts';
import type { InputEvent } from '../../input-queue.ts';
import { GuestMemory } from '../../virtio/guest-memory.ts';
import { hartRegisters, instructionsRetired, instructionTicks } from '../instruction-clock.ts';
import { Board, type BoardPace } from './board.ts';
import { loadBoot, planBoot, type BootFiles } from './boot-files.ts';
import { describeBoard } from './describe-board.ts';
import type { Drive } from './drive.ts';
import { BUTTON_NUMBERS, TOUCH_PHASES, WHEEL_NUMBERS } from './machine-input.ts';
import type { BootPoint, DevicesNews, DevicesState, DevicesOrder, DevicesWorkerData } from './machine-messages.ts';
import { RAM_BASE, VIRTIO_SLOTS } from './memory-map.ts';

const AGENT_PORT = 'com.redhat.spice.0';
const SEED_BYTES = 64;
/** Devices that every guest has. */
const FIXED_SLOTS = 8;
const GPU_SLOT = 0;
const MAX_DISKS = VIRTIO_SLOTS - FIXED_SLOTS;

const port = parentPort;
assert(port !== null, 'this runs in a thread of its own');
const data = workerData as DevicesWorkerData;

function say(news: DevicesNews, transfer: readonly ArrayBuffer[] = []): void {
  port?.postMessage(news, transfer);
}

/** Of devices whose runs shall be equal. */
const fillRandomly = data.handle.isPaced ? repeatableBytes() : getRandomValues;
const report = troubleReport(say);
const log = threadLog(say);

/** Everything that the thread keeps while the machine lives. */
class Devices {
  readonly #board: Board;
  readonly #desk: GuestDesk;
  /** Null until it is known who renders 3D. */
  #gpu: GpuDevice | null = null;
  #renderer: GuestGpuProcess | null = null;
  readonly #console: ConsoleDevice;
  readonly #blocks: readonly BlockDevice[];
  readonly #balloon = new BalloonDevice((bytes) => giveBack(bytes));
  readonly #disks: readonly Disk[];
  #agentWaiting = 0;
  #isAgentHigh = false;

  constructor(disks: readonly Disk[]) {
    const { handle, ram, ramFile } = data;
    this.#disks = disks;
    this.#desk = new GuestDesk();
    if (disks.length > MAX_DISKS) {
      throw new HostError('disk', `The guest has more disks than there is room for: at most ${MAX_DISKS}.`);
    }
    this.#console = new ConsoleDevice([AGENT_PORT]);
    const order = handle.isPaced ? { maxUnderWay: 1 } : {};
    this.#blocks = disks.map((disk, i) => new BlockDevice({ disk, serial: `saffron-${i}`, ...order }));
    const { keyboard, tablet, touchScreen, mouse } = this.#desk;
    const devices = [
      null,
      keyboard,
      tablet,
      touchScreen,
      mouse,
      this.#console,
      new RngDevice(fillRandomly),
      ...this.#blocks,
      this.#balloon,
    ];
    assert(devices.length === FIXED_SLOTS + disks.length, 'the device tree names all devices');
    const file = ramFile === null ? {} : { file: { fd: ramFile, offset: 0 } };
    const memory = new GuestMemory([{ guestAddress: RAM_BASE, bytes: ram, ...file }]);
    this.#board = new Board({ handle, memory, devices, pace: handle.isPaced ? this.#pace : undefined });
    this.#follow();
  }

  /** Serves harts, which may have been waiting for it. */
  run(): void {
    void this.#board.run();
  }

  /** Gives the guest its GPU, which it may have been waiting for. */
  plugGpu(renderer: GuestGpuProcess | null): void {
    const { heads, width, height, limits } = data;
    this.#renderer = renderer;
    const gpu = new GpuDevice({ heads: heads.map(openFrameSink), width, height, limits, gpu: renderer });
    this.#gpu = gpu;
    gpu.onPointerShape.subscribe((shape) => {
      const { buffer } = shape?.pixels ?? {};
      say({ kind: 'shape', shape }, buffer instanceof ArrayBuffer ? [buffer] : []);
    });
    gpu.onPointerMove.subscribe((place) => say({ kind: 'move', ...place }));
    gpu.onScanout.subscribe((scanout) => say({ kind: 'scanout', ...scanout }));
    gpu.onRefusal.subscribe(({ command, response, reason }) => {
      const why = reason === null ? '' : `: ${reason}`;
      report(`the guest's command ${command} was refused with 0x${response.toString(16)}${why}`);
    });
    this.#board.plug(GPU_SLOT, gpu);
  }

  #follow(): void {
    this.#board.onWish.subscribe((wish) => {
      const run = data.handle.isPaced ? this.#run : null;
      // Whoever starts the machine hears first that it has started.
      void ready.promise.then(() => say({ kind: 'wish', wish, run }));
    });
    this.#board.onTrouble.subscribe((error) => report(`the guest's driver of a device: ${error.message}`));
    this.#board.onSerial.subscribe((bytes) => say({ kind: 'serial', bytes: bytes.slice() }));
    for (const block of this.#blocks) block.onTrouble.subscribe((error) => report(error.message));
    this.#desk.onLockLights.subscribe((lights) => say({ kind: 'lights', lights }));
    const agent = this.#agent;
    // What viewers say to it comes at any time.
    if (!data.handle.isPaced) agent.onOpen.subscribe((isOpen) => say({ kind: 'agent-open', isOpen }));
    agent.onData.subscribe((bytes) => say({ kind: 'agent-data', bytes: bytes.slice() }));
    agent.onDrain.subscribe(() => {
      this.#isAgentHigh = false;
      this.#tellTaken();
    });
  }

  get #pace(): BoardPace {
    const memory = data.ram.buffer as SharedArrayBuffer;
    return {
      now: () => Math.floor((instructionTicks(memory, 0) / data.processor.timebaseHz) * 1e9),
      settled: async () => {
        for (const block of this.#blocks) await block.idle();
      },
    };
  }

  /** What the run has come to, while its hart waits. */
  get #run(): PacedRun {
    const memory = data.ram.buffer as SharedArrayBuffer;
    const digest = createHash('sha256').update(data.ram);
    for (const piece of hartRegisters(memory, 0)) digest.update(piece);
    digest.update(JSON.stringify(this.#board.save()));
    return { instructions: instructionsRetired(memory, 0), digest: digest.digest('hex') };
  }

  get #agent(): ConsoleDevice['ports'][number] {
    return this.#console.ports[0]!;
  }

  async handle(order: Exclude<DevicesOrder, { readonly kind: 'boot' | 'save' | 'close' }>): Promise<void> {
    switch (order.kind) {
      case 'input':
        this.#input(order.event);
        return;
      case 'power-button':
        this.#desk.powerButton();
        return;
      case 'serial':
        this.#board.giveSerial(order.bytes);
        return;
      case 'agent':
        this.#agentWaiting += order.bytes.length;
        this.#isAgentHigh = !this.#agent.write(order.bytes);
        this.#tellTaken();
        return;
      case 'size':
        this.#gpu?.setSize(order.head, order.width, order.height);
        return;
      case 'pause':
        this.#board.pause();
        // What has left the guest comes to its end.
        for (const block of this.#blocks) await block.idle();
        return;
      case 'resume':
        this.#board.resume();
        return;
      case 'restore':
        this.#restore(order.state);
        return;
      case 'reset':
        this.#board.reset();
        this.#desk.reset();
        for (const block of this.#blocks) await block.idle();
        return;
    }
  }

  /** While all is paused. Throws StateError where it cannot be told. */
  save(): DevicesState {
    assert(this.#gpu !== null, 'a machine is not saved before it has started');
    return {
      board: this.#board.save(),
      gpu: this.#gpu.save(),
      desk: this.#desk.save(),
      console: this.#console.save(),
      balloon: this.#balloon.save(),
    };
  }

  #restore({ board, gpu, desk, console, balloon }: DevicesState): void {
    this.#gpu?.restore(gpu);
    this.#desk.restore(desk);
    this.#console.restore(console);
    this.#balloon.restore(balloon);
    this.#board.restore(board);
  }

  async close(): Promise<void> {
    this.#board.close();
    this.#gpu?.close();
    await this.#renderer?.close();
    for (const block of this.#blocks) await block.idle();
    await closeDisks(this.#disks);
  }

  /** Who renders 3D was replaced. */
  handleRestart(): void {
    this.#gpu?.handleRestart();
  }

  #tellTaken(): void {
    if (this.#isAgentHigh || this.#agentWaiting === 0) return;
    say({ kind: 'agent-taken', bytes: this.#agentWaiting });
    this.#agentWaiting = 0;
  }

  #input(event: InputEvent): void {
    switch (event.kind) {
      case 'key':
        this.#desk.key(event.code, event.isDown);
        return;
      case 'position':
        this.#desk.position(event.x, event.y);
        return;
      case 'touch':
        this.#desk.touch(TOUCH_PHASES[event.phase] ?? 'cancel', event.slot, event.x, event.y);
        return;
      case 'button':
        this.#button(event.button, event.isDown);
        return;
      case 'motion':
        this.#desk.motion(event.dx, event.dy);
        return;
    }
  }

  #button(number: number, isDown: boolean): void {
    const { up, down, left, right } = WHEEL_NUMBERS;
    if (isDown && (number === up || number === down)) this.#desk.wheel(0, number === up ? 1 : -1);
    if (isDown && (number === left || number === right)) this.#desk.wheel(number === right ? 1 : -1, 0);
    const button = BUTTONS.get(number);
    if (button !== undefined) this.#desk.button(button, isDown);
  }
}

const BUTTONS: ReadonlyMap<number, PointerButton> = new Map(
  Object.entries(BUTTON_NUMBERS).map(([name, number]) => [number, name as PointerButton]),
);

/** Reads the files, and puts them with the device tree into memory. */
async function loadBootFiles(): Promise<BootPoint> {
  const { boot, harts, processor, ram } = data;
  const files: BootFiles = {
    firmware: boot.firmware === null ? null : await readBootFile(boot.firmware, 'firmware'),
    firmwareName: boot.firmware ?? '',
    kernel: boot.kernel === null ? null : await readBootFile(boot.kernel, 'kernel'),
    kernelName: boot.kernel ?? '',
    initrd: boot.initrd === null ? null : await readBootFile(boot.initrd, 'RAM disk'),
    initrdName: boot.initrd ?? '',
  };
  const plan = planBoot(files, ram.length);
  const tree = describeBoard({
    memoryBytes: ram.length,
    harts,
    isa: processor.isa,
    mmu: processor.mmu,
    timebaseHz: processor.timebaseHz,
    append: boot.append,
    initrd: plan.initrd,
    slots: Array.from({ length: FIXED_SLOTS + data.drives.length }, (_, slot) => slot),
    hasFirmware: boot.firmware !== null,
    seed: randomSeed(),
  });
  loadBoot(plan, tree, ram);
  for (const file of [files.firmware, files.kernel, files.initrd]) free(file);
  const { entry, deviceTree, dynamicInfo } = plan;
  return { entry, deviceTree, dynamicInfo };
}

/** Frees a file's memory at once: this thread makes so little garbage that none is collected for hours. */
function free(file: Uint8Array | null | undefined): void {
  if (file?.buffer instanceof ArrayBuffer && file.buffer.byteLength === file.byteLength) file.buffer.transfer(0);
}

function randomSeed(): Uint8Array {
  const seed = new Uint8Array(SEED_BYTES);
  fillRandomly(seed);
  return seed;
}

async function readBootFile(path: string, what: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new HostError('boot-file', `The ${what} ${path} cannot be read: ${messageOf(error)}.`, { cause: error });
  }
}

/** Opens disks, one after another, into `disks`. Rejects with HostError; those that are open stay. */
async function openDisks(drives: readonly Drive[], disks: Disk[]): Promise<void> {
  for (const { path, isReadOnly, isSnapshot } of drives) {
    const disk = await RawDisk.open(path, { isReadOnly: isReadOnly || isSnapshot });
    disks.push(disk);
    if (isSnapshot) disks[disks.length - 1] = await OverlayDisk.create(disk);
  }
}

async function closeDisks(disks: readonly Disk[]): Promise<void> {
  for (const disk of disks) {
    try {
      await disk.close();
    } catch (error) {
      report(`a disk was not closed: ${messageOf(error)}`);
    }
  }
}

/** What gives memory of the guest back to the host; where native calls do not work, nothing does. */
async function openGiveBack(): Promise<(bytes: Uint8Array) => void> {
  if (platform() !== 'linux' || (await whyNoNativeCalls()) !== null) return () => {};
  const native = await import('../../../base/native/give-back.ts');
  return (bytes) => void native.giveBack(bytes, data.ramFile !== null);
}

const ready = Promise.withResolvers<void>();
let devices: Devices | null = null;
let isClosing = false;

async function close(): Promise<void> {
  if (isClosing) return;
  isClosing = true;
  await devices?.close();
  port?.close();
}

function fail(error: unknown): void {
  const code = error instanceof HostError ? error.code : 'devices';
  say({
    kind: 'end',
    code,
    message: error instanceof HostError ? error.message : String((error as Error).stack ?? error),
  });
  void close();
}

process.on('uncaughtException', fail);
process.on('unhandledRejection', fail);

// Orders are done one after another: who asks for a pause knows that all before it was done.
let last: Promise<void> = Promise.resolve();
port.on('message', (order: DevicesOrder) => {
  last = last.then(async () => {
    if (order.kind === 'close') return close();
    const id = 'id' in order ? order.id : null;
    try {
      let answer: BootPoint | DevicesState | null = null;
      if (order.kind === 'boot') answer = await loadBootFiles();
      else if (order.kind === 'save') answer = devices?.save() ?? null;
      else await devices?.handle(order);
      if (id !== null) say({ kind: 'done', id, answer });
    } catch (error) {
      if (id === null || !(error instanceof HostError || error instanceof StateError)) throw error;
      say({ kind: 'failed', id, code: error.code, message: error.message });
    }
  });
});

const giveBack = await openGiveBack();
const disks: Disk[] = [];

try {
  await openDisks(data.drives, disks);
  if (isClosing) await closeDisks(disks);
  else await begin(new Devices(disks));
} catch (error) {
  if (devices === null) await closeDisks(disks);
  fail(error);
}

/** A guest comes to its GPU long after it has begun: it need not wait for who renders. */
async function begin(begun: Devices): Promise<void> {
  devices = begun;
  begun.run();
  const { gpu, reason } = await startRenderer(data.render, log, {
    onRestart: ({ reason, milliseconds }) => {
      begun.handleRestart();
      say({ kind: 'restart', reason, milliseconds });
    },
    onQuota: (reason, refusals) => say({ kind: 'quota', reason, refusals }),
  });
  if (isClosing) {
    await gpu?.close();
    return;
  }
  begun.plugGpu(gpu);
  say({ kind: 'ready', renderer: gpu?.renderer ?? null, reason });
  ready.resolve();
}
