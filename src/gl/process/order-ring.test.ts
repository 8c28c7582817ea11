import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ORDER_HEADER_WORDS } from './order.table.ts';
import { OrderReader, OrderWriter } from './order-ring.ts';

const RING_WORDS = 256;

/** A ring whose counters stand at `start`. */
function ring(start = 0): { writer: OrderWriter; reader: OrderReader; words: Int32Array } {
  const words = new Int32Array(new SharedArrayBuffer(8)).fill(start);
  const counters = { words, tail: 0, head: 1 };
  const data = new Uint32Array(new SharedArrayBuffer(4 * RING_WORDS));
  return { writer: new OrderWriter(counters, data), reader: new OrderReader(counters, data), words };
}

function write(writer: OrderWriter, id: number, payload: readonly number[]): boolean {
  const at = writer.reserve(ORDER_HEADER_WORDS + payload.length);
  if (at < 0) return false;
  writer.data.set([id, payload.length, 0, ...payload], at);
  writer.commit(ORDER_HEADER_WORDS + payload.length);
  return true;
}

function read(reader: OrderReader): number[] | null {
  const at = reader.next();
  if (at < 0) return null;
  const count = reader.data[at + 1]!;
  const order = [reader.data[at]!, ...reader.data.subarray(at + ORDER_HEADER_WORDS, at + ORDER_HEADER_WORDS + count)];
  reader.done();
  return order;
}

describe('the ring of orders', () => {
  it('gives every order back whole and in turn, however they come to lie', () => {
    const size = fc.integer({ min: 0, max: RING_WORDS / 4 - ORDER_HEADER_WORDS });
    const acts = fc.array(fc.oneof(size, fc.constant('read' as const)), { maxLength: 400 });
    fc.assert(
      fc.property(acts, (list) => {
        const { writer, reader } = ring();
        const expected: number[][] = [];
        let id = 0;
        for (const act of list) {
          if (act === 'read') {
            expect(read(reader)).toEqual(expected.shift() ?? null);
            continue;
          }
          const payload = Array.from({ length: act }, (_, i) => (id * 1000 + i) >>> 0);
          if (write(writer, id + 1, payload)) expected.push([++id, ...payload]);
          // Half of it is always enough for one more.
          else expect(expected.reduce((sum, order) => sum + order.length + 2, 0)).toBeGreaterThan(RING_WORDS / 2);
        }
        while (expected.length > 0) expect(read(reader)).toEqual(expected.shift());
        expect(read(reader)).toBeNull();
        expect(writer.isEmpty).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('counts past 2^32', () => {
    const { writer, reader, words } = ring(-RING_WORDS);
    for (let i = 1; i <= 60; i++) {
      expect(write(writer, i, [i, 2 * i, 3 * i])).toBe(true);
      expect(read(reader)).toEqual([i, i, 2 * i, 3 * i]);
    }
    expect(writer.isEmpty).toBe(true);
    expect(words[0]).toBeGreaterThan(0);
  });

  it('takes a counter that means nothing for a full ring', () => {
    const { writer, words } = ring();
    words[1] = 12345;
    expect(writer.reserve(ORDER_HEADER_WORDS)).toBe(-1);
  });
});
