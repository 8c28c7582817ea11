/** The display channel: linked here, drawn by a renderer in the same thread. */
import { LIMITS } from '../../../../src/base/limits.ts';
import { DisplayCap, displayClient, ImageCompression } from '../../../../src/spice/wire/display.gen.ts';
import { ChannelType } from '../../../../src/spice/wire/link.gen.ts';
import { CACHE_PIXELS, DisplayRenderer, type DisplayTarget } from '../display/display-renderer.ts';
import { openChannel, type Connect } from './channel.ts';
import type { ChannelLink } from './session.ts';
import type { SessionError } from './session-error.ts';

/** The largest image, uncompressed, and what stands around it. */
const MAX_BODY_BYTES = LIMITS.maxScreenPixels * 4 + 65536;

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

/** Opens the display channel of a session. Rejects with SessionError. */
export async function openDisplayChannel(
  connect: Connect,
  link: ChannelLink,
  target: DisplayChannelTarget,
): Promise<DisplayChannel> {
  const channel = await openChannel(
    connect,
    {
      ...link,
      channelType: ChannelType.display,
      channelCaps: [
        DisplayCap.sizedStream,
        DisplayCap.monitorsConfig,
        DisplayCap.lz4Compression,
        DisplayCap.prefCompression,
        DisplayCap.multiCodec,
        DisplayCap.codecMjpeg,
      ],
    },
    { maxBodyBytes: MAX_BODY_BYTES, takesAtOnce: false },
  );
  const renderer = new DisplayRenderer(
    {
      decodeJpeg: (bytes) => target.decodeJpeg(bytes),
      surfaceChanged: (surface) => target.surfaceChanged(surface),
      drawn: () => target.drawn(),
      taken: () => channel.take(),
      failed: (error) => channel.fail(error),
    },
    channel.commonHandlers,
  );
  channel.send(displayClient.init, {
    pixmapCacheId: 1,
    pixmapCacheSize: BigInt(CACHE_PIXELS),
    glzDictionaryId: 0,
    glzDictionaryWindowSize: 0,
  });
  if (channel.caps.has(DisplayCap.prefCompression)) {
    channel.send(displayClient.preferredCompression, { compression: ImageCompression.lz });
  }
  channel.start({
    dispatch: (type, reader) => renderer.dispatch(type, reader),
    settled: () => renderer.settled(),
    end: (error) => {
      renderer.close();
      target.end(error);
    },
  });
  return {
    renderer,
    get bytesReceived() {
      return channel.bytesReceived;
    },
    close: () => {
      renderer.close();
      channel.close();
    },
  };
}
