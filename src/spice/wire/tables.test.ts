import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { generatedFiles } from '../../../scripts/gen.ts';
import type { Handlers } from '../../wire/codec.ts';
import { Reader } from '../../wire/reader.ts';
import type { Infer } from '../../wire/schema.ts';
import { trace } from '../../wire/trace.ts';
import { WireError } from '../../wire/wire-error.ts';
import { joinBytes, Writer } from '../../wire/writer.ts';
import { capWords, hasCap } from './caps.ts';
import { dispatchCursorClient, type cursorClient, type CursorInit } from './cursor.gen.ts';
import type { cursorServer as cursorTable } from './cursor.table.ts';
import {
  DisplayCap,
  displayServer,
  displayServerById,
  Rop,
  ScaleMode,
  type DrawCopy,
  type MonitorsConfig,
  type StreamCreate,
} from './display.gen.ts';
import { displayServer as displayTable } from './display.table.ts';
import { ClipType, ImageType, type Image } from './image.gen.ts';
import { readStreamDataInto } from './display.gen.ts';
import { LinkError } from './link.gen.ts';
import { packFull, packMini } from './pack.ts';
import { spiceModules } from './modules.ts';

const box = { top: 1, left: 2, bottom: 3, right: 4 };
const copy: DrawCopy = {
  surfaceId: 0,
  box,
  clip: { type: ClipType.rects, rects: [box, box] },
  src: { id: 7n, type: ImageType.lz4, flags: 0, width: 2, height: 2, data: new Uint8Array(1 << 20) },
  srcArea: box,
  rop: Rop.opPut,
  scaleMode: ScaleMode.interpolate,
  mask: { flags: 0, position: { x: 0, y: 0 }, bitmap: null },
};

describe('generated code', () => {
  it('is what the tables say', async () => {
    const root = join(import.meta.dirname, '../../..');
    for (const [path, text] of generatedFiles()) {
      expect(await readFile(join(root, path), 'utf8'), `${path}: run npm run gen`).toBe(text);
    }
  });

  it('has the types inferred from the tables', () => {
    expectTypeOf<Infer<typeof displayTable.drawCopy.body>['box']>().toEqualTypeOf<DrawCopy['box']>();
    expectTypeOf<Infer<typeof displayTable.drawCopy.body>>().toExtend<DrawCopy>();
    expectTypeOf<DrawCopy>().toExtend<Infer<typeof displayTable.drawCopy.body>>();
    expectTypeOf<Infer<typeof displayTable.monitorsConfig.body>>().toEqualTypeOf<MonitorsConfig>();
    expectTypeOf<StreamCreate>().toExtend<Infer<typeof displayTable.streamCreate.body>>();
    expectTypeOf<Infer<typeof cursorTable.init.body>>().toExtend<CursorInit>();
    expectTypeOf<Extract<Image, { type: 0 }>>().toHaveProperty('bitmap');
    // @ts-expect-error a scale mode outside the enum does not compile
    const bad: DrawCopy['scaleMode'] = 9;
    expect(bad).toBe(9);
  });

  it('spells every name of a message as the public headers do', () => {
    const messages = spiceModules.flatMap((m) => Object.values(m.tables ?? {}).flatMap((t) => Object.values(t)));
    for (const { spec } of messages) expect(spec).toMatch(/^(SPICE_MSGC?|VD_AGENT)_[A-Z0-9_]+$/);
  });
});

describe('dispatch', () => {
  it('gives each message to its handler, and asks for all handlers', () => {
    const seen: unknown[] = [];
    const handlers: Handlers<typeof cursorClient> = {
      ackSync: (m) => void seen.push(m.generation),
      ack: () => void seen.push('ack'),
      pong: (m) => void seen.push(m.timestamp),
      migrateFlushMark: () => {},
      migrateData: () => {},
      disconnecting: (m) => void seen.push(m.reason === LinkError.ok),
    };
    // @ts-expect-error a forgotten handler does not compile
    const incomplete: Handlers<typeof cursorClient> = { ackSync: () => {} };
    expect(Object.keys(incomplete)).toHaveLength(1);
    dispatchCursorClient(1, new Reader(Uint8Array.of(5, 0, 0, 0)), handlers);
    dispatchCursorClient(2, new Reader(), handlers);
    dispatchCursorClient(6, new Reader(new Uint8Array(12)), handlers);
    expect(seen).toEqual([5, 'ack', true]);
    expect(() => dispatchCursorClient(99, new Reader(), handlers)).toThrow(WireError);
    dispatchCursorClient(1, new Reader(Uint8Array.of(6, 0, 0, 0)), handlers);
    expect(seen.at(-1)).toBe(6);
  });

  it('finds rows by number, with the capability they need', () => {
    expect(displayServerById.get(304)).toBe(displayServer.drawCopy);
    expect(displayServer.monitorsConfig.cap).toBe(DisplayCap.monitorsConfig);
    expect(displayServer.drawCopy.cap).toBeNull();
    expect(displayServerById.get(999)).toBeUndefined();
  });
});

describe('packing', () => {
  it('puts the mini header before the body and passes the payload on by reference', () => {
    const parts = packMini(new Writer(), displayServer.drawCopy, copy);
    expect(parts).toHaveLength(2);
    expect(parts[1]).toBe(copy.src?.type === ImageType.lz4 ? copy.src.data : undefined);
    const all = joinBytes(parts);
    const view = new DataView(all.buffer);
    expect(view.getUint16(0, true)).toBe(304);
    expect(view.getUint32(2, true)).toBe(all.length - 6);
    expect(displayServer.drawCopy.read(new Reader(all.subarray(6)))).toEqual(copy);
  });

  it('puts the 18-byte header before the body', () => {
    const all = joinBytes(packFull(new Writer(), 9n, displayServer.drawCopy, copy));
    const view = new DataView(all.buffer);
    expect(view.getBigUint64(0, true)).toBe(9n);
    expect(view.getUint16(8, true)).toBe(304);
    expect(view.getUint32(10, true)).toBe(all.length - 18);
    expect(view.getUint32(14, true)).toBe(0);
    expect(displayServer.drawCopy.read(new Reader(all.subarray(18)))).toEqual(copy);
  });

  it('leaves the writer good for the next message when one cannot be written', () => {
    const w = new Writer();
    const wrong = { id: 1, flags: 0 } as never;
    expect(() => packMini(w, displayServer.streamData, wrong)).toThrow(TypeError);
    const data = Uint8Array.of(1, 2, 3);
    const all = joinBytes(packMini(w, displayServer.streamData, { id: 4, multiMediaTime: 5, data }));
    expect([...all]).toEqual([123, 0, 15, 0, 0, 0, 4, 0, 0, 0, 5, 0, 0, 0, 3, 0, 0, 0, 1, 2, 3]);
  });
});

describe('hot messages', () => {
  it('are read into an object of the caller', () => {
    const target = { id: 0, multiMediaTime: 0, data: new Uint8Array() };
    const body = Uint8Array.of(4, 0, 0, 0, 5, 0, 0, 0, 2, 0, 0, 0, 8, 9);
    expect(readStreamDataInto(new Reader(body), target)).toBe(target);
    expect(target).toEqual({ id: 4, multiMediaTime: 5, data: Uint8Array.of(8, 9) });
  });
});

describe('trace', () => {
  it('names enums and flags and counts bytes', () => {
    const line = trace(displayTable.drawCopy.body.shape, copy);
    expect(line).toBe(
      '{surfaceId=0 box={top=1 left=2 bottom=3 right=4} clip={type=rects rects=[{top=1 left=2 bottom=3 right=4} ' +
        '{top=1 left=2 bottom=3 right=4}]} src={id=7 type=lz4 flags=0 width=2 height=2 data=<1048576 bytes>} ' +
        'srcArea={top=1 left=2 bottom=3 right=4} rop=opPut scaleMode=interpolate ' +
        'mask={flags=0 position={x=0 y=0} bitmap=null}}',
    );
  });
});

describe('capabilities', () => {
  it('are bits of as many words as they need', () => {
    expect(capWords([0, 3, 31])).toEqual([0x80000009]);
    expect(capWords([33])).toEqual([0, 2]);
    expect(capWords([])).toEqual([]);
    expect(hasCap([0, 2], 33)).toBe(true);
    expect(hasCap([0x80000000], 31)).toBe(true);
    expect(hasCap([1], 40)).toBe(false);
  });
});
