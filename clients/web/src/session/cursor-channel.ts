/** The cursor channel: the guest's pointer image, and its place where the guest moves it by itself. */
import {
  CursorFlags,
  dispatchCursorServer,
  type Cursor,
  type cursorServer,
} from '../../../../src/spice/wire/cursor.gen.ts';
import { ChannelType } from '../../../../src/spice/wire/link.gen.ts';
import type { Handlers } from '../../../../src/wire/codec.ts';
import { WireError } from '../../../../src/wire/wire-error.ts';
import { openChannel, type Channel, type Connect } from './channel.ts';
import { decodeCursorShape, type CursorShape } from './cursor-shape.ts';
import type { SessionError } from './session-error.ts';

const MAX_BODY_BYTES = 1 << 22;
const MAX_CACHED = 256;

/** Told what becomes of the pointer. */
export interface CursorListener {
  /** `null`: the guest hides its pointer. */
  cursorShape(shape: CursorShape | null): void;
  /** The place of the hot spot in pixels of the screen. */
  cursorMove(x: number, y: number): void;
  end(error: SessionError): void;
}

/** Opens the cursor channel of a session. Rejects with SessionError. */
export async function openCursorChannel(
  connect: Connect,
  link: { readonly connectionId: number; readonly channelId: number; readonly password: string },
  listener: CursorListener,
): Promise<Channel> {
  const channel = await openChannel(
    connect,
    { ...link, channelType: ChannelType.cursor, channelCaps: [] },
    { maxBodyBytes: MAX_BODY_BYTES, takesAtOnce: true },
  );
  const cache = new Map<bigint, CursorShape | null>();
  let shape: CursorShape | null = null;

  function show(cursor: Cursor, isVisible: boolean): void {
    const { header, flags } = cursor;
    if (header === null) shape = null;
    else if ((flags & CursorFlags.fromCache) !== 0) {
      const cached = cache.get(header.unique);
      if (cached === undefined) throw new WireError('value', 'Cursor.header.unique', 0);
      shape = cached;
    } else {
      shape = decodeCursorShape(header, cursor.data);
      if ((flags & CursorFlags.cacheMe) !== 0) {
        if (cache.size >= MAX_CACHED && !cache.has(header.unique)) throw new WireError('limit', 'Cursor.cache', 0);
        cache.set(header.unique, shape);
      }
    }
    listener.cursorShape(isVisible ? shape : null);
  }

  const handlers: Handlers<typeof cursorServer> = {
    ...channel.commonHandlers,
    init: ({ position, visible, cursor }) => {
      cache.clear();
      show(cursor, visible);
      listener.cursorMove(position.x, position.y);
    },
    reset: () => {
      cache.clear();
      shape = null;
      listener.cursorShape(null);
    },
    set: ({ position, visible, cursor }) => {
      show(cursor, visible);
      listener.cursorMove(position.x, position.y);
    },
    move: ({ position }) => {
      listener.cursorShape(shape);
      listener.cursorMove(position.x, position.y);
    },
    hide: () => listener.cursorShape(null),
    trail: () => {},
    invalOne: ({ id }) => void cache.delete(id),
    invalAll: () => cache.clear(),
  };
  channel.start({
    dispatch: (type, reader) => dispatchCursorServer(type, reader, handlers),
    end: (error) => listener.end(error),
  });
  return channel;
}
