import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Uart, UART_WORDS } from './uart.ts';

const [DATA, IER, IIR, LCR, MCR, LSR, MSR, SCR] = [0, 1, 2, 3, 4, 5, 6, 7];
const FCR = IIR;

class Port {
  interrupts = 0;
  sent = 0;
  readonly uart: Uart = new Uart(
    new Int32Array(new SharedArrayBuffer(4 * UART_WORDS)),
    () => void this.interrupts++,
    () => void this.sent++,
  );

  write(text: string): void {
    for (const char of text) this.uart.store(DATA, char.charCodeAt(0));
  }

  taken(most = 8192): string {
    const into = new Uint8Array(most);
    return Buffer.from(into.subarray(0, this.uart.take(into))).toString('latin1');
  }

  give(text: string): number {
    return this.uart.give(Buffer.from(text, 'latin1'));
  }

  get(register: number): number {
    return this.uart.load(register);
  }
}

test('what the guest writes comes out, in order', () => {
  const port = new Port();
  port.write('hello, ');
  expect(port.taken(3)).toBe('hel');
  port.write('world');
  expect([port.taken(), port.taken(), port.sent]).toEqual(['lo, world', '', 12]);
});

test('what comes in is read, in order, and an empty port reads 0', () => {
  const port = new Port();
  expect([port.get(LSR) & 1, port.get(DATA)]).toEqual([0, 0]);
  expect(port.give('ab')).toBe(2);
  expect([port.get(LSR) & 1, port.get(DATA), port.get(DATA), port.get(LSR) & 1]).toEqual([1, 97, 98, 0]);
});

test('a transmitter that nobody empties fills up, tells so, and drops what is written beyond', () => {
  const port = new Port();
  let written = 0;
  while ((port.get(LSR) & 0x20) !== 0) {
    port.write('x'.repeat(16));
    written += 16;
  }
  expect(written).toBe(4096);
  port.write('yy');
  port.uart.store(IER, 2);
  expect(port.uart.isRaised).toBe(false);
  expect(port.taken().length).toBe(4096);
  expect([port.get(LSR) & 0x60, port.uart.isRaised, port.get(IIR)]).toEqual([0x60, true, 0x02]);
});

test('the interrupt of an empty transmitter is told once for each time it empties', () => {
  const port = new Port();
  port.uart.store(IER, 2);
  expect([port.get(IIR), port.get(IIR), port.uart.isRaised]).toEqual([0x02, 0x01, false]);
  port.write('a');
  expect([port.uart.isRaised, port.get(IIR), port.get(IIR)]).toEqual([true, 0x02, 0x01]);
});

test('received data interrupts at the trigger level, and by the time-out below it', () => {
  const port = new Port();
  port.uart.store(FCR, 0x81);
  port.uart.store(IER, 1);
  expect(port.get(IIR)).toBe(0xc1);
  port.give('abc');
  expect([port.get(IIR), port.uart.isRaised]).toEqual([0xcc, true]);
  port.give('defgh');
  expect(port.get(IIR)).toBe(0xc4);
  for (let i = 0; i < 8; i++) port.get(DATA);
  expect([port.get(IIR), port.uart.isRaised]).toEqual([0xc1, false]);
});

test('Linux finds a 16550A in it: scratch, loopback, interrupt enables, FIFOs, divisor', () => {
  const port = new Port();
  port.uart.store(SCR, 0x5a);
  port.uart.store(IER, 0xff);
  port.uart.store(MCR, 0x1a);
  expect([port.get(SCR), port.get(IER), port.get(MSR) & 0xf0]).toEqual([0x5a, 0x0f, 0x90]);
  port.write('L');
  expect([port.get(DATA), port.taken()]).toEqual([0x4c, '']);
  port.uart.store(MCR, 0x0b);
  expect(port.get(MSR)).toBe(0xb0);
  port.uart.store(LCR, 0x83);
  port.uart.store(0, 0x01);
  port.uart.store(1, 0x02);
  expect([port.get(0), port.get(1), port.get(LCR)]).toEqual([1, 2, 0x83]);
  port.uart.store(LCR, 0x03);
  expect([port.get(IER), port.taken()]).toEqual([0x0f, '']);
});

test('the receive queue can be cleared, and takes no more than it has room for', () => {
  const port = new Port();
  expect([port.give('x'.repeat(5000)), port.uart.room, port.give('y')]).toEqual([4096, 0, 0]);
  port.uart.store(FCR, 0x03);
  expect([port.get(LSR) & 1, port.uart.room]).toEqual([0, 4096]);
});

test('a reset keeps what the guest has already sent', () => {
  const port = new Port();
  port.write('last words');
  port.give('x');
  port.uart.store(IER, 3);
  port.uart.reset();
  expect([port.get(IER), port.get(LSR), port.uart.isRaised, port.taken()]).toEqual([0, 0x60, false, 'last words']);
});

test('what was saved goes on elsewhere', () => {
  const port = new Port();
  port.write('out');
  port.give('in');
  port.uart.store(IER, 1);
  const other = new Port();
  other.uart.restore(structuredClone(port.uart.save()));
  expect([other.uart.isRaised, other.get(DATA), other.taken()]).toEqual([true, 105, 'out']);
});

test('whatever is written, every read gives a byte and the port can be reset and used', () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('store'), at: fc.nat(0x1ff), value: fc.integer({ min: 0, max: 0xffff_ffff }) }),
    fc.record({ kind: fc.constant('give'), at: fc.nat(40), value: fc.constant(0) }),
    fc.record({ kind: fc.constant('take'), at: fc.nat(40), value: fc.constant(0) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
      const port = new Port();
      for (const { kind, at, value } of steps) {
        if (kind === 'store') port.uart.store(at, value);
        else if (kind === 'give') port.give('z'.repeat(at));
        else port.taken(at);
        for (let register = 0; register < 8; register++) {
          const read = port.get(register);
          expect(Number.isInteger(read) && read >= 0 && read <= 0xff).toBe(true);
        }
      }
      port.uart.reset();
      port.taken();
      port.write('ok');
      expect(port.taken()).toBe('ok');
    }),
    { numRuns: 200 },
  );
});
