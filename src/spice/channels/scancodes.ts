/**
 * Keys as viewers send them: the bytes a PC keyboard would send (set 1), 0x80 added on release, e0 before some, Pause as
 * e1 1d 45. A sequence may come in pieces, one message each, so a little state is kept.
 */

/** Number of the Pause key where scancodes are single numbers. */
export const PAUSE = 0xe046;

const EXTENDED = 0xe000;

/** Turns bytes into keys. */
export class ScancodeReader {
  readonly #onKey: (scancode: number, isDown: boolean) => void;
  #prefix: 'none' | 'e0' | 'e1' | 'e1 1d' = 'none';

  /** `onKey` gets 0x01–0x7f, with 0xe000 added for keys with the e0 prefix, and PAUSE. */
  constructor(onKey: (scancode: number, isDown: boolean) => void) {
    this.#onKey = onKey;
  }

  /** Takes one byte. Bytes that make no key are dropped. */
  push(byte: number): void {
    const prefix = this.#prefix;
    this.#prefix = 'none';
    if (byte === 0xe0) {
      this.#prefix = 'e0';
      return;
    }
    if (byte === 0xe1) {
      this.#prefix = 'e1';
      return;
    }
    const code = byte & 0x7f;
    const isDown = byte < 0x80;
    if (prefix === 'e1') {
      if (code === 0x1d) this.#prefix = 'e1 1d';
      return;
    }
    if (prefix === 'e1 1d') {
      if (code === 0x45) this.#onKey(PAUSE, isDown);
      return;
    }
    // e0 2a and e0 aa are the shifts a real keyboard fakes around grey keys: no key of their own.
    if (code === 0 || (prefix === 'e0' && code === 0x2a)) return;
    this.#onKey(prefix === 'e0' ? EXTENDED + code : code, isDown);
  }

  /** Takes the bytes packed into a number, lowest first, up to a zero byte. */
  pushPacked(packed: number): void {
    for (let rest = packed >>> 0; (rest & 0xff) !== 0; rest >>>= 8) this.push(rest & 0xff);
  }
}
