/** Whole sessions of the vtest protocol at random, in pieces as sockets bring them, and whether another guest still draws. */
import { assert } from '../../src/base/assert.ts';
import { silentLogger } from '../../src/base/log.ts';
import { EventFd } from '../../src/base/native/eventfd.ts';
import { SharedMemory } from '../../src/base/native/shared-memory.ts';
import { GpuError } from '../../src/gl/core/gpu-error.ts';
import { softwareDevice, Witness } from '../../src/gl/virgl/test-guest.ts';
import { VirglRenderer } from '../../src/gl/virgl/renderer.ts';
import { VtestSession } from '../../src/gl/vtest/vtest-session.ts';
import type { VtestPeer } from '../../src/gl/vtest/vtest-session.ts';
import { vtestTable } from '../../src/gl/vtest/vtest.table.ts';
import { WireError } from '../../src/wire/wire-error.ts';
import type { Random } from './random.ts';
import { VirglStream } from './virgl-steps.ts';

/** Some words, and how many bytes of them arrive at once. */
export interface VtestStep {
  readonly do: 'message';
  readonly words: readonly number[];
  readonly piece: number;
}

const SESSIONS_A_RENDERER = 40;
const CREATING: ReadonlySet<number> = new Set([
  vtestTable.resourceCreate.id,
  vtestTable.resourceCreate2.id,
  vtestTable.resourceCreateBlob.id,
]);

/** What a program sends, from its first word to its last. */
export function vtestSteps(random: Random): VtestStep[] {
  const version = random.percent(50) ? 3 : 2;
  const stream = new VirglStream(random, version);
  const step = (...words: number[]): VtestStep => ({
    do: 'message',
    words,
    piece: random.percent(70) ? 1 << 20 : random.between(1, 64),
  });
  const greeting = [
    step(8, vtestTable.createRenderer.id, 0x7a7a7566, 0),
    step(1, vtestTable.protocolVersion.id, version),
  ];
  // The first names of sync objects.
  const syncs = version < 3 ? [] : Array.from({ length: 7 }, () => step(2, vtestTable.syncCreate.id, 0, 0));
  const messages = Array.from({ length: random.between(5, 80) }, () => step(...stream.messageWords()));
  return random.percent(95) ? [...greeting, ...syncs, ...messages] : messages;
}

/** Peers read all that they are sent, at once or, by turns, a while later. */
class Peer implements VtestPeer {
  isBlocked = false;
  #sent = 0;

  send(bytes: Uint8Array): void {
    this.#sent += bytes.length;
    this.isBlocked = this.#sent % 3 === 0;
  }

  sendFd(): void {
    this.#sent++;
  }

  createShared(sizeBytes: number): SharedMemory {
    return SharedMemory.createUnmapped('saffron-fuzz', sizeBytes);
  }

  createEvent(): EventFd {
    return EventFd.create();
  }
}

/** A renderer that sessions are tried on. */
export class VtestWorld {
  #renderer: VirglRenderer | null = null;
  #witness: Witness | null = null;
  #sessions = 0;

  /** Throws when something is broken. */
  run(steps: readonly VtestStep[]): void {
    const renderer = (this.#renderer ??= this.#open());
    const before = used(renderer);
    const peer = new Peer();
    const session = new VtestSession(renderer, peer, silentLogger);
    const ids = new Set<number>();
    // What the server numbers it numbers from 1.
    let created = 0;
    try {
      for (const { words, piece } of steps) {
        if (CREATING.has(words[1] ?? 0)) ids.add(words[2] ?? 0).add(++created);
        feed(session, peer, new Uint8Array(Uint32Array.from(words).buffer), piece);
      }
      renderer.finish();
    } catch (error) {
      // A session that breaks the protocol ends.
      if (!(error instanceof WireError)) throw error;
    } finally {
      session.close();
      for (const id of ids) forget(renderer, id);
      renderer.use(renderer.context);
    }
    assert(renderer.context.gl.getError() === 0, 'no error of OpenGL is left standing');
    assert(this.#witness?.isRight === true, 'another guest draws as before');
    assert(used(renderer) === before, `all was given back: ${before} became ${used(renderer)}`);
    if (++this.#sessions % SESSIONS_A_RENDERER === 0) this.close();
  }

  close(): void {
    this.#witness?.[Symbol.dispose]();
    this.#renderer?.close();
    this.#witness = null;
    this.#renderer = null;
  }

  #open(): VirglRenderer {
    const device = softwareDevice();
    assert(device !== null, 'there is a software device');
    const { display, capabilities, formats } = device;
    const limits = { maxResourceBytes: 64 << 20, maxResources: 256, maxSubContexts: 8, maxErrors: 500 };
    const renderer = new VirglRenderer({ device: display, capabilities, formats, limits });
    this.#witness = new Witness(renderer);
    return renderer;
  }
}

function feed(session: VtestSession, peer: Peer, bytes: Uint8Array, piece: number): void {
  for (let at = 0; at < bytes.length;) {
    const room = session.room();
    const count = Math.min(piece, room.length, bytes.length - at);
    room.set(bytes.subarray(at, at + count));
    session.received(count);
    at += count;
    while (peer.isBlocked) {
      peer.isBlocked = false;
      session.received(0);
    }
  }
}

/** Destroys a resource, if it was made. */
function forget(renderer: VirglRenderer, id: number): void {
  try {
    renderer.destroyResource(id);
  } catch (error) {
    if (!(error instanceof GpuError)) throw error;
  }
}

function used({ quotas: { bytes, resources, objects, shaders, programs } }: VirglRenderer): string {
  return [bytes, resources, objects, shaders, programs].map((each) => each.used).join(' ');
}
