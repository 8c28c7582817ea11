import { describe, expect, test } from 'vitest';
import { Rehearsal } from './rehearsal.ts';
import { softwareDevice, TestGuest, Witness } from './test-guest.ts';

describe.skipIf(softwareDevice() === null)('the rehearsal', () => {
  test('does all that it tries, and leaves nothing that a guest would see', () => {
    const { display: device, capabilities, formats } = softwareDevice()!;
    using first = new Rehearsal({ device, capabilities, formats });
    expect(first.refusal).toBeNull();
    using guest = new TestGuest();
    using witness = new Witness(guest.renderer);
    expect(witness.isRight).toBe(true);
    // Both go on, and the guest sees nothing of it.
    for (let i = 0; i < 3; i++) {
      expect(first.goOn()).toBe(true);
      expect(witness.isRight).toBe(true);
    }
    first.close();
    expect(first.refusal).toBeNull();
    expect(first.goOn()).toBe(false);
    expect(witness.isRight).toBe(true);
  });

  test('is over some time', () => {
    const { display: device, capabilities, formats } = softwareDevice()!;
    using rehearsal = new Rehearsal({ device, capabilities, formats });
    let frames = 0;
    while (rehearsal.goOn()) frames++;
    expect(frames).toBeGreaterThan(0);
    expect(rehearsal.refusal).toBeNull();
  });
});
