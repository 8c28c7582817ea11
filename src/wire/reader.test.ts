import { describe, expect, it } from 'vitest';
import { Reader } from './reader.ts';
import { decodeText, encodeText } from './text.ts';
import { WIRE_ERRORS, WireError, type WireErrorCode } from './wire-error.ts';

function codeOf(act: () => unknown): WireErrorCode | undefined {
  try {
    act();
  } catch (error) {
    if (error instanceof WireError) return error.code;
    throw error;
  }
  return undefined;
}

describe('Reader', () => {
  it('reads a body that lies inside a larger buffer, and another after it', () => {
    const buffer = Uint8Array.of(9, 9, 1, 2, 3, 9, 7);
    const r = new Reader(buffer.subarray(2, 5));
    expect(r.view.getUint8(r.take(1, 'a'))).toBe(1);
    expect(r.rest(10, 'b')).toEqual(Uint8Array.of(2, 3));
    expect(r.remaining).toBe(0);
    expect(codeOf(() => r.take(1, 'c'))).toBe('truncated');
    expect(r.reset(buffer.subarray(6)).bytes(1, 1, 'd')).toEqual(Uint8Array.of(7));
  });

  it('lends bytes of the receive buffer instead of copying them', () => {
    const buffer = new Uint8Array(8);
    const lent = new Reader(buffer).bytes(4, 4, 'data');
    buffer[2] = 5;
    expect(lent[2]).toBe(5);
  });

  it('compares a count with its limit and with the bytes left before anything is made for it', () => {
    const r = new Reader(new Uint8Array(8));
    expect(codeOf(() => r.list(5, 4, 1, 'list'))).toBe('limit');
    expect(codeOf(() => r.list(3, 4, 4, 'list'))).toBe('truncated');
    expect(r.list(2, 4, 4, 'list')).toBe(2);
    expect(codeOf(() => r.fill(10, 3, 'list'))).toBe('truncated');
    expect(codeOf(() => r.fill(1, 4, 'list'))).toBe('limit');
    expect(codeOf(() => r.bytes(5, 4, 'bytes'))).toBe('limit');
  });

  it('follows offsets into the body only', () => {
    const body = new Uint8Array(8).fill(3);
    const r = new Reader(body);
    r.take(2, 'head');
    const readByte = (inner: Reader): number => inner.view.getUint8(inner.take(1, 'byte'));
    expect(codeOf(() => r.follow(0, readByte, 'p'))).toBe('pointer');
    expect(codeOf(() => r.follow(9, readByte, 'p'))).toBe('pointer');
    expect(codeOf(() => r.follow(0xffffffff, readByte, 'p'))).toBe('pointer');
    expect(r.follow(7, readByte, 'p')).toBe(3);
    expect(r.followOrNull(0, readByte, 'p')).toBeNull();
    expect(r.remaining).toBe(6);
  });

  it('bounds what many offsets to one place can cost', () => {
    const r = new Reader(new Uint8Array(1000));
    const read = (inner: Reader): number => inner.take(900, 'much');
    expect(
      codeOf(() => {
        for (let i = 0; i < 10; i++) r.follow(50, read, 'p');
      }),
    ).toBe('budget');
    r.reset(new Uint8Array(1000));
    expect(r.follow(50, read, 'p')).toBe(50);
  });

  it('refuses unknown bits, numbers that are not safe, and images without end', () => {
    const r = new Reader(new Uint8Array(4));
    expect(r.flags(5, 7, 'flags')).toBe(5);
    expect(codeOf(() => r.flags(8, 7, 'flags'))).toBe('flags');
    expect(r.flags(0x80000001, 0x80000001, 'flags')).toBe(0x80000001);
    expect(codeOf(() => r.safe(1n << 53n, 'n'))).toBe('limit');
    expect(r.safe((1n << 53n) - 1n, 'n')).toBe(Number.MAX_SAFE_INTEGER);
    expect(r.rows(1, 9, 2, 'rows')).toBe(4);
    expect(codeOf(() => r.rows(8, 0xffffffff, 0xffffffff, 'rows'))).toBe('limit');
  });

  it('names the field, the byte and the reason', () => {
    const r = new Reader(new Uint8Array(4));
    r.take(3, 'head');
    expect(() => r.take(2, 'Thing.tail')).toThrow('Thing.tail at byte 3: The message ends before the field does.');
  });
});

describe('wire errors', () => {
  it('each say what is wrong and what to do, in sentences', () => {
    for (const { sentence, action } of Object.values(WIRE_ERRORS)) {
      expect(sentence).toMatch(/^[A-Z].*\.$/);
      expect(action).toMatch(/^[A-Z].*\.$/);
    }
  });
});

describe('text', () => {
  it('ends at the first zero byte', () => {
    expect(decodeText(encodeText('grün'))).toBe('grün');
    expect(decodeText(Uint8Array.of(65, 0, 66))).toBe('A');
    expect(decodeText(Uint8Array.of(65, 66))).toBe('AB');
    expect(decodeText(Uint8Array.of(255))).toBe('\ufffd');
    expect(encodeText('A')).toEqual(Uint8Array.of(65, 0));
  });
});
