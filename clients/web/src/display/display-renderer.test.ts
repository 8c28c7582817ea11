import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { StateError } from '../../../../src/base/errors.ts';
import type { Rect } from '../../../../src/base/rect.ts';
import type { SpiceRect } from '../../../../src/spice/wire/common.gen.ts';
import { displayServer, displayServerById, type DrawCopy } from '../../../../src/spice/wire/display.gen.ts';
import { BitmapFlags, BitmapFormat, ImageFlags, ImageType, type Image } from '../../../../src/spice/wire/image.gen.ts';
import { Reader } from '../../../../src/wire/reader.ts';
import { WireError } from '../../../../src/wire/wire-error.ts';
import { joinBytes, Writer } from '../../../../src/wire/writer.ts';
import type { Sendable } from '../session/channel.ts';
import { DisplayRenderer } from './display-renderer.ts';
import type { Picture, Surface } from './surface.ts';

const NO_MASK = { flags: 0, position: { x: 0, y: 0 }, bitmap: null };
const NO_CLIP = { type: 0 } as const;
const PUT = 8;
const nothing = (): void => {};

function box(x: number, y: number, width: number, height: number): SpiceRect {
  return { top: y, left: x, bottom: y + height, right: x + width };
}

/** A JPEG that is nothing but a frame header: enough for the size to be read. */
function jpegOf(width: number, height: number): Uint8Array {
  const start = [0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xc0, 0, 11, 8];
  return new Uint8Array([...start, height >> 8, height & 255, width >> 8, width & 255, 1, 1, 0x11, 0]);
}

function rawImage(words: readonly number[], width: number, flags = 0, id = 1n): Image {
  const height = words.length / width;
  const data = new Uint8Array(words.flatMap((word) => [word & 255, (word >> 8) & 255, (word >> 16) & 255, 0]));
  const bitmap = {
    format: BitmapFormat.thirtyTwoBit,
    flags: BitmapFlags.topDown,
    width,
    height,
    stride: width * 4,
    paletteId: null,
    palette: null,
    data,
  };
  return { id, type: ImageType.bitmap, flags, width, height, bitmap };
}

function copyOf(src: Image, x: number, y: number, more: Partial<DrawCopy> = {}): DrawCopy {
  const { width, height } = src;
  return {
    surfaceId: 0,
    box: box(x, y, width, height),
    clip: NO_CLIP,
    src,
    srcArea: box(0, 0, width, height),
    rop: PUT,
    scaleMode: 0,
    mask: NO_MASK,
    ...more,
  };
}

function setUp(width = 4, height = 2) {
  const failures: unknown[] = [];
  const jpegs: PromiseWithResolvers<Picture>[] = [];
  let surface: Surface | null = null;
  let drawn = 0;
  let taken = 0;
  let unknown = 0;
  let pongs = 0;
  const common = { migrate: nothing, migrateData: nothing, setAck: nothing, ping: () => void pongs++ };
  const renderer = new DisplayRenderer(
    {
      decodeJpeg: () => {
        const jpeg = Promise.withResolvers<Picture>();
        jpegs.push(jpeg);
        return jpeg.promise;
      },
      surfaceChanged: (changed) => (surface = changed),
      drawn: () => drawn++,
      taken: () => taken++,
      unknownImage: () => unknown++,
      failed: (error) => failures.push(error),
    },
    { ...common, waitForChannels: nothing, disconnecting: nothing, notify: nothing, list: nothing },
  );
  const send = <T>(codec: Sendable<T>, message: T): void => {
    const writer = new Writer();
    codec.write(writer, message);
    renderer.dispatch(codec.id, new Reader(joinBytes(writer.finish())));
    renderer.settled();
  };
  send(displayServer.surfaceCreate, { surfaceId: 0, width, height, format: 32, flags: 1 });
  const pixels = (rect: Rect = { x: 0, y: 0, width, height }): string[] => {
    const bytes = (surface as Surface | null)?.read(rect).bytes ?? new Uint8ClampedArray();
    return Array.from({ length: bytes.length / 4 }, (_, i) =>
      ((bytes[i * 4] ?? 0) * 65536 + (bytes[i * 4 + 1] ?? 0) * 256 + (bytes[i * 4 + 2] ?? 0)).toString(16),
    );
  };
  const fill = (color: number, rect: SpiceRect): void => {
    const brush = { type: 1, color } as const;
    send(displayServer.drawFill, { surfaceId: 0, box: rect, clip: NO_CLIP, brush, rop: PUT, mask: NO_MASK });
  };
  const settle = async (): Promise<void> => {
    for (let i = 0; i < 10; i++) await Promise.resolve();
  };
  return {
    renderer,
    send,
    fill,
    pixels,
    jpegs,
    failures,
    settle,
    drawn: () => drawn,
    taken: () => taken,
    unknown: () => unknown,
    pongs: () => pongs,
  };
}

describe('DisplayRenderer', () => {
  test('fills, copies and draws images where it is told', () => {
    const { send, fill, pixels } = setUp();
    fill(0x112233, box(0, 0, 2, 2));
    send(displayServer.drawCopy, copyOf(rawImage([0xff0000, 0x00ff00], 2), 2, 1));
    send(displayServer.copyBits, {
      surfaceId: 0,
      box: box(2, 0, 2, 1),
      clip: NO_CLIP,
      srcPosition: { x: 1, y: 1 },
    });
    expect(pixels()).toEqual(['112233', '112233', '112233', 'ff0000', '112233', '112233', 'ff0000', 'ff00']);
  });

  test('keeps to clips', () => {
    const { send, pixels } = setUp();
    const clip = { type: 1, rects: [box(1, 0, 1, 1), box(3, 1, 9, 9)] } as const;
    send(displayServer.drawCopy, copyOf(rawImage([1, 2, 3, 4, 5, 6, 7, 8], 4), 0, 0, { clip }));
    expect(pixels()).toEqual(['0', '2', '0', '0', '0', '0', '0', '8']);
  });

  test('draws rows from the bottom and rows with gaps', () => {
    const { send, pixels } = setUp(2, 2);
    const image = rawImage([1, 2, 3, 4, 5, 6], 3);
    if (image.type !== ImageType.bitmap) throw new Error('a bitmap was made');
    const bitmap = { ...image.bitmap, width: 2, stride: 12, flags: 0 };
    send(displayServer.drawCopy, copyOf({ ...image, width: 2, bitmap }, 0, 0));
    expect(pixels()).toEqual(['4', '5', '1', '2']);
  });

  test('nothing overtakes a JPEG that is still being decoded, and nothing counts as taken before', async () => {
    const { send, fill, pixels, jpegs, settle, drawn, taken, pongs } = setUp(2, 1);
    const before = taken();
    const jpeg = (): Image => ({ id: 1n, type: ImageType.jpeg, flags: 0, width: 1, height: 1, data: jpegOf(1, 1) });
    send(displayServer.drawCopy, copyOf(jpeg(), 0, 0));
    fill(0x00ff00, box(0, 0, 1, 1));
    send(displayServer.drawCopy, copyOf(jpeg(), 1, 0));
    send(displayServer.mark, {});
    send(displayServer.ping, { id: 1, timestamp: 1n, data: new Uint8Array(0) });
    const drawnBefore = drawn();
    jpegs[1]?.resolve({ width: 1, height: 1, words: new Uint32Array([0xff0000aa]) });
    await settle();
    expect(pixels()).toEqual(['0', '0']);
    expect(taken()).toBe(before);
    expect(pongs()).toBe(0);
    expect(drawn()).toBe(drawnBefore);
    jpegs[0]?.resolve({ width: 1, height: 1, words: new Uint32Array([0xff0000bb]) });
    await settle();
    expect(pixels()).toEqual(['ff00', 'aa0000']);
    expect(taken()).toBe(before + 5);
    expect(pongs()).toBe(1);
    expect(drawn()).toBe(drawnBefore + 1);
  });

  test('draws kept images again until they are told away', () => {
    const { send, fill, pixels, failures, renderer } = setUp(1, 1);
    send(displayServer.drawCopy, copyOf(rawImage([0xabcdef], 1, ImageFlags.cacheMe, 77n), 0, 0));
    fill(0, box(0, 0, 1, 1));
    const cached: Image = { id: 77n, type: ImageType.fromCache, flags: 0, width: 1, height: 1 };
    send(displayServer.drawCopy, copyOf(cached, 0, 0));
    expect(pixels()).toEqual(['abcdef']);
    expect(renderer.stats.codecs).toEqual({ raw: 1, cached: 1 });
    send(displayServer.invalList, { resources: [{ type: 1, id: 77n }] });
    send(displayServer.drawCopy, copyOf(cached, 0, 0));
    expect(failures).toHaveLength(1);
    expect(String(failures[0])).toContain('77');
  });

  test('plays MJPEG into the place of its stream', async () => {
    const { send, pixels, jpegs, settle } = setUp(4, 1);
    const sizes = { streamWidth: 1, streamHeight: 1, srcWidth: 1, srcHeight: 1 };
    const created = {
      surfaceId: 0,
      id: 3,
      flags: 1,
      codec: 1,
      stamp: 0n,
      ...sizes,
      dest: box(1, 0, 2, 1),
      clip: NO_CLIP,
    };
    send(displayServer.streamCreate, created);
    send(displayServer.streamData, { id: 3, multiMediaTime: 0, data: jpegOf(1, 1) });
    jpegs[0]?.resolve({ width: 1, height: 1, words: new Uint32Array([0xff000055]) });
    await settle();
    expect(pixels()).toEqual(['0', '550000', '550000', '0']);
  });

  test('leaves out what it does not know, and counts it', () => {
    const { send, renderer, failures, unknown } = setUp();
    const quic: Image = { id: 1n, type: ImageType.quic, flags: 0, width: 1, height: 1, data: new Uint8Array(4) };
    send(displayServer.drawCopy, copyOf(quic, 0, 0));
    send(displayServer.drawInvers, { surfaceId: 0, box: box(0, 0, 1, 1), clip: NO_CLIP, mask: NO_MASK });
    expect(renderer.stats.unsupported).toBe(2);
    expect(unknown()).toBe(1);
    expect(failures).toEqual([]);
  });

  test('a new screen of another size replaces the old one', () => {
    const { send, renderer } = setUp();
    send(displayServer.surfaceDestroy, { surfaceId: 0 });
    expect(renderer.surface).toBeNull();
    send(displayServer.surfaceCreate, { surfaceId: 0, width: 9, height: 3, format: 32, flags: 1 });
    expect(renderer.surface?.width).toBe(9);
  });

  test.each<[string, (ways: ReturnType<typeof setUp>) => void]>([
    ['a surface that is not there', ({ send }) => send(displayServer.surfaceDestroy, { surfaceId: 9 })],
    [
      'a part of an image that it does not have',
      ({ send }) => {
        send(displayServer.drawCopy, copyOf(rawImage([1, 2], 2), 0, 0, { srcArea: box(1, 0, 2, 1) }));
      },
    ],
    ['a rectangle turned inside out', ({ fill }) => fill(1, { top: 5, left: 0, bottom: 0, right: 1 })],
    ['a stream that is not there', ({ send }) => send(displayServer.streamClip, { id: 1, clip: NO_CLIP })],
    [
      'an LZ image that is none',
      ({ send }) => {
        const data = new Uint8Array(40);
        send(
          displayServer.drawCopy,
          copyOf({ id: 1n, type: ImageType.lzRgb, flags: 0, width: 4, height: 2, data }, 0, 0),
        );
      },
    ],
    [
      'an image of impossible size',
      ({ send }) => {
        const lz4: Image = {
          id: 1n,
          type: ImageType.lz4,
          flags: 0,
          width: 65535,
          height: 65535,
          data: new Uint8Array(4),
        };
        send(displayServer.drawCopy, copyOf(lz4, 0, 0));
      },
    ],
    [
      'a JPEG of another size than told',
      ({ send }) => {
        const jpeg: Image = { id: 1n, type: ImageType.jpeg, flags: 0, width: 1, height: 1, data: jpegOf(16000, 16000) };
        send(displayServer.drawCopy, copyOf(jpeg, 0, 0));
      },
    ],
    [
      'a screen in colours of the last century',
      ({ send }) => {
        send(displayServer.surfaceCreate, { surfaceId: 1, width: 9, height: 3, format: 16, flags: 0 });
      },
    ],
    [
      'clips that draw the same pixels over and over',
      ({ send }) => {
        const clip = { type: 1, rects: Array.from({ length: 9 }, () => box(0, 0, 4, 2)) } as const;
        send(displayServer.drawCopy, copyOf(rawImage([1, 2, 3, 4, 5, 6, 7, 8], 4), 0, 0, { clip }));
      },
    ],
  ])('refuses %s', (_, act) => {
    const ways = setUp();
    let thrown: unknown = null;
    try {
      act(ways);
    } catch (error) {
      thrown = error;
    }
    const error = thrown ?? ways.failures[0];
    expect(error instanceof WireError || error instanceof StateError, String(error)).toBe(true);
  });

  test('random bodies give a typed error or nothing', () => {
    const { renderer, failures } = setUp();
    const id = fc.constantFrom(...displayServerById.keys());
    fc.assert(
      fc.property(id, fc.uint8Array({ maxLength: 120 }), (type, body) => {
        try {
          renderer.dispatch(type, new Reader(body));
        } catch (error) {
          expect(error instanceof WireError || error instanceof StateError, String(error)).toBe(true);
        }
      }),
      { numRuns: 2000 },
    );
    for (const error of failures) expect(error instanceof WireError || error instanceof StateError).toBe(true);
  });
});
