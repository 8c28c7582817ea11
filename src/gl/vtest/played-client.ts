/** A client that is played before there is one (virgl/rehearsal.ts): what Mesa says for each step, put into a session of its own. */
import { assert } from '../../base/assert.ts';
import type { Logger } from '../../base/log.ts';
import { EventFd } from '../../base/native/eventfd.ts';
import { SharedMemory } from '../../base/native/shared-memory.ts';
import type { PlayedGuest } from '../virgl/rehearsal.ts';
import type { VirglRenderer } from '../virgl/renderer.ts';
import { HEADER_BYTES } from './payload.ts';
import { VtestSession } from './vtest-session.ts';
import { vtestTable } from './vtest.table.ts';
import type { VtestMessage } from './vtest.table.ts';

/** The version in which textures come through shared memory, as Mesa speaks it. */
const VERSION = 2;
const WAIT = 1;
const NAME = new TextEncoder().encode('rehearsal\0');

/** Plays a client of a renderer. */
export function playClient(renderer: VirglRenderer, log: Logger): PlayedGuest {
  const memories = new Map<number, SharedMemory>();
  let created: SharedMemory | null = null;
  const session = new VtestSession(
    renderer,
    {
      isBlocked: false,
      send: () => {},
      sendFd: () => {},
      createShared: (sizeBytes) => (created = SharedMemory.createUnmapped('saffron-rehearsal', sizeBytes)),
      createEvent: () => EventFd.create(),
    },
    log,
  );
  const feed = (bytes: Uint8Array): void => {
    session.room().set(bytes);
    session.received(bytes.length);
  };
  const say = (message: VtestMessage, words: ArrayLike<number>): void => {
    const said = new Uint32Array(HEADER_BYTES / 4 + words.length);
    said.set([words.length, vtestTable[message].id]);
    said.set(words, HEADER_BYTES / 4);
    feed(new Uint8Array(said.buffer));
  };
  feed(new Uint8Array(Uint32Array.of(NAME.length, vtestTable.createRenderer.id).buffer));
  feed(NAME);
  say('protocolVersion', [VERSION]);
  return {
    create: (id, { target, format, bind, width, height, depth, arraySize, lastLevel, samples }) => {
      const sizeBytes = 4 * width * height;
      say('resourceCreate2', [
        id,
        target,
        format,
        bind,
        width,
        height,
        depth,
        arraySize,
        lastLevel,
        samples,
        sizeBytes,
      ]);
      assert(created !== null, 'a resource with memory has memory');
      memories.set(id, created);
    },
    destroy: (id) => {
      say('resourceUnref', [id]);
      memories.delete(id);
    },
    write: (id, bytes, width, height) => {
      memories.get(id)?.bytes.set(bytes);
      say('transferPut2', [id, 0, 0, 0, 0, width, height, 1, bytes.length, 0]);
    },
    submit: (commands) => say('submitCmd', commands),
    finish: () => say('resourceBusyWait', [0, WAIT]),
    close: () => session.close(),
  };
}
