import { describe, expect, it } from 'vitest';
import { AssertionError } from '../base/assert.ts';
import { joinBytes, Writer } from './writer.ts';

function u32(w: Writer, x: number): void {
  const at = w.take(4);
  w.view.setUint32(at, x, true);
}

describe('Writer', () => {
  it('passes large bytes on by reference and copies small ones', () => {
    const w = new Writer();
    const large = new Uint8Array(256);
    const small = Uint8Array.of(1, 2);
    u32(w, 7);
    w.bytes(large);
    w.bytes(small);
    const parts = w.finish();
    expect(parts.map((part) => part.length)).toEqual([4, 256, 2]);
    expect(parts[1]).toBe(large);
    small[0] = 9;
    expect(parts[2]).toEqual(Uint8Array.of(1, 2));
  });

  it('never writes again what it handed out', () => {
    const w = new Writer();
    const first: { parts: Uint8Array[]; n: number }[] = [];
    for (let n = 0; n < 10_000; n++) {
      u32(w, n);
      first.push({ parts: w.finish(), n });
    }
    for (const { parts, n } of first) {
      const part = parts[0] ?? new Uint8Array(4);
      expect(new DataView(part.buffer, part.byteOffset).getUint32(0, true)).toBe(n);
    }
  });

  it('keeps a message whole that crosses slabs', () => {
    const w = new Writer();
    for (let i = 0; i < 5000; i++) u32(w, i);
    expect(w.length).toBe(20_000);
    const all = joinBytes(w.finish());
    const view = new DataView(all.buffer);
    for (let i = 0; i < 5000; i++) expect(view.getUint32(4 * i, true)).toBe(i);
    const at = w.take(40_000);
    expect(at).toBe(0);
    expect(joinBytes(w.finish())).toHaveLength(40_000);
  });

  it('puts what offsets lead to after the body, in order, offsets counted from the body', () => {
    const w = new Writer();
    const header = w.reserve(6);
    const headerView = w.view;
    const at = w.take(12);
    const view = w.view;
    w.point(view, at, u32, 11);
    w.point(view, at + 4, u32, null);
    w.point(view, at + 8, u32, 22);
    w.settle();
    headerView.setUint8(header, w.length);
    const all = joinBytes(w.finish());
    expect([...all]).toEqual([20, 0, 0, 0, 0, 0, 12, 0, 0, 0, 0, 0, 0, 0, 16, 0, 0, 0, 11, 0, 0, 0, 22, 0, 0, 0]);
  });

  it('leaves nothing of an abandoned message behind', () => {
    const w = new Writer();
    u32(w, 0xffffffff);
    w.point(w.view, w.take(4), u32, 1);
    w.abandon();
    w.take(2);
    expect([...joinBytes(w.finish())]).toEqual([0, 0]);
    expect(w.finish()).toEqual([]);
  });

  it('takes a message that cannot be written for a mistake of ours', () => {
    const w = new Writer();
    expect(() => w.count(5, 4, 'list')).toThrow(AssertionError);
    expect(() => w.exact(5, 4, 'list')).toThrow(AssertionError);
    expect(() => w.present(null, 'part')).toThrow(AssertionError);
    expect(() => w.absent(1, 'part')).toThrow(AssertionError);
    u32(w, 1);
    expect(() => w.reserve(4)).toThrow(AssertionError);
  });
});
