/** The display channel: linked here, drawn by a renderer in the same thread. */
import { LIMITS } from '../../../../src/base/limits.ts';
import { DisplayCap, displayClient, ImageCompression } from '../../../../src/spice/wire/display.gen.ts';
import { ChannelType } from '../../../../src/spice/wire/link.gen.ts';
import { CACHE_PIXELS, DisplayRenderer, type DisplayTarget } from '../display/display-renderer.ts';
import { emptyDisplayStats } from '../display/display-stats.ts';
import { openChannel, type Channel, type Connect } from './channel.ts';
import type { ChannelLink } from './session.ts';
import { toSessionError, type SessionError } from './session-error.ts';

/** The largest image, uncompressed, and what stands around it. */
const MAX_BODY_BYTES = LIMITS.maxScreenPixels * 4 + 65536;

const OUR_CAPS = [
  DisplayCap.sizedStream,
  DisplayCap.monitorsConfig,
  DisplayCap.lz4Compression,
  DisplayCap.prefCompression,
  DisplayCap.multiCodec,
  DisplayCap.codecMjpeg,
];

/** What the owner of a display channel gives: where pixels go, and who hears of the end. */
export interface DisplayChannelTarget extends Pick<DisplayTarget, 'decodeJpeg' | 'surfaceChanged' | 'drawn'> {
  end(error: SessionError): void;
}

/** A running display channel. */
export interface DisplayChannel {
  readonly renderer: DisplayRenderer;
  /** Bytes that came, headers included. */
  readonly bytesReceived: number;
  close(): void;
}

/**
 * Opens the display channel of a session. Rejects with SessionError. A server is left to choose encodings; one that then
 * sends what is not known here is asked for LZ, over a fresh connection, on which it paints everything anew.
 */
export async function openDisplayChannel(
  connect: Connect,
  link: ChannelLink,
  target: DisplayChannelTarget,
): Promise<DisplayChannel> {
  const stats = emptyDisplayStats();
  let bytesBefore = 0;
  let isClosed = false;

  const linkOnce = async (wishesLz: boolean): Promise<LinkedDisplay> => {
    const channel = await openChannel(
      connect,
      { ...link, channelType: ChannelType.display, channelCaps: OUR_CAPS },
      { maxBodyBytes: MAX_BODY_BYTES, takesAtOnce: false },
    );
    const canWish = !wishesLz && channel.caps.has(DisplayCap.prefCompression);
    const renderer = new DisplayRenderer(
      {
        decodeJpeg: (bytes) => target.decodeJpeg(bytes),
        surfaceChanged: (surface) => target.surfaceChanged(surface),
        drawn: () => target.drawn(),
        taken: () => channel.take(),
        failed: (error) => channel.fail(error),
        unknownImage: () => canWish && relink(),
      },
      channel.commonHandlers,
      stats,
    );
    channel.send(displayClient.init, {
      pixmapCacheId: 1,
      pixmapCacheSize: BigInt(CACHE_PIXELS),
      glzDictionaryId: 0,
      glzDictionaryWindowSize: 0,
    });
    if (wishesLz) channel.send(displayClient.preferredCompression, { compression: ImageCompression.lz });
    return { channel, renderer };
  };

  const start = ({ channel, renderer }: LinkedDisplay): void =>
    channel.start({
      dispatch: (type, reader) => renderer.dispatch(type, reader),
      settled: () => renderer.settled(),
      end: (error) => {
        renderer.close();
        target.end(error);
      },
    });

  const close = ({ channel, renderer }: LinkedDisplay): void => {
    renderer.close();
    channel.close();
  };

  const relink = (): void => {
    close(current);
    bytesBefore += current.channel.bytesReceived;
    linkOnce(true).then(
      (linked) => {
        if (isClosed) return close(linked);
        current = linked;
        start(linked);
      },
      (error: unknown) => isClosed || target.end(toSessionError(error)),
    );
  };

  let current = await linkOnce(false);
  start(current);
  return {
    get renderer() {
      return current.renderer;
    },
    get bytesReceived() {
      return bytesBefore + current.channel.bytesReceived;
    },
    close: () => {
      isClosed = true;
      close(current);
    },
  };
}

interface LinkedDisplay {
  readonly channel: Channel;
  readonly renderer: DisplayRenderer;
}
