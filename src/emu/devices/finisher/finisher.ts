/**
 * The register by which a guest ends itself: SiFive's test finisher (`sifive,test0`), which Linux drives as `syscon-poweroff`
 * and `syscon-reboot`.
 */

/** Bytes of address space. */
export const FINISHER_BYTES = 0x1000;

/** What is written to register 0, its low half. */
export const FINISHER_WORDS = { fail: 0x3333, pass: 0x5555, reset: 0x7777 } as const;

/** What a guest wants to become of it. `code` is 0 unless it says that it has failed. */
export interface GuestWish {
  readonly kind: 'poweroff' | 'reset' | 'failure';
  readonly code: number;
}

/** What a write to the finisher asks for; null when it asks for nothing. */
export function readFinisherWrite(offset: number, size: number, value: number): GuestWish | null {
  if (offset !== 0 || size < 2) return null;
  switch (value & 0xffff) {
    case FINISHER_WORDS.pass:
      return { kind: 'poweroff', code: 0 };
    case FINISHER_WORDS.reset:
      return { kind: 'reset', code: 0 };
    case FINISHER_WORDS.fail:
      return { kind: 'failure', code: (value >>> 16) & 0xffff };
    default:
      return null;
  }
}
