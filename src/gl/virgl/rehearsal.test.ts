import { describe, expect, test } from 'vitest';
import { rehearse } from './rehearsal.ts';
import { softwareDevice, TestGuest, Witness } from './test-guest.ts';

describe.skipIf(softwareDevice() === null)('the rehearsal', () => {
  test('does all that it tries, and leaves nothing that a guest would see', () => {
    const { display: device, capabilities, formats } = softwareDevice()!;
    expect(rehearse({ device, capabilities, formats })).toBeNull();
    using guest = new TestGuest();
    using witness = new Witness(guest.renderer);
    expect(witness.isRight).toBe(true);
    expect(rehearse({ device, capabilities, formats })).toBeNull();
    guest.renderer.makeCurrent();
    expect(witness.isRight).toBe(true);
  });
});
