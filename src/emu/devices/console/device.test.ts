import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { MMIO_REGISTERS as R } from '../../virtio/mmio.table.ts';
import { TestVirtioGuest } from '../../virtio/test-guest.ts';
import { ConsoleDevice, type ConsolePort } from './device.ts';

const NAME = 'com.redhat.spice.0';
const MULTIPORT = 1 << 1;
const [PORT_IN, PORT_OUT, CONTROL_IN, CONTROL_OUT] = [4, 5, 2, 3];

const control = (port: number, event: number, value: number): Uint8Array => {
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, port, true);
  view.setUint16(4, event, true);
  view.setUint16(6, value, true);
  return bytes;
};

class ConsoleGuest {
  readonly device = new ConsoleDevice([NAME]);
  readonly port: ConsolePort = this.device.ports[0]!;
  readonly guest = new TestVirtioGuest(this.device, { ramBytes: 1 << 20, queueSize: 64 });
  readonly opens: boolean[] = [];
  received = '';

  constructor() {
    this.guest.start(MULTIPORT);
    this.port.onOpen.subscribe((isOpen) => this.opens.push(isOpen));
    this.port.onData.subscribe((bytes) => {
      this.received += Buffer.from(bytes).toString('latin1');
    });
  }

  /** Control messages that have arrived: port, event, value, text. */
  messages(): string[] {
    const messages: string[] = [];
    for (let used = this.guest.take(CONTROL_IN); used !== null; used = this.guest.take(CONTROL_IN)) {
      const view = new DataView(used.bytes.buffer);
      const text = Buffer.from(used.bytes.subarray(8)).toString();
      messages.push(`${view.getUint32(0, true)} ${view.getUint16(4, true)} ${view.getUint16(6, true)} ${text}`.trim());
    }
    return messages;
  }

  /** What a driver does until a program can open the port. */
  async open(): Promise<void> {
    await this.guest.send(CONTROL_OUT, [control(1, 6, 1)]);
  }

  sent(): string {
    let text = '';
    for (let used = this.guest.take(PORT_IN); used !== null; used = this.guest.take(PORT_IN)) {
      text += Buffer.from(used.bytes).toString('latin1');
    }
    return text;
  }
}

test('the driver hears of the port, its name, and that somebody is at its other end', async () => {
  const it = new ConsoleGuest();
  expect(it.guest.read(R.config + 4)).toBe(2);
  for (let i = 0; i < 4; i++) it.guest.post(CONTROL_IN, [], [64]);
  await it.guest.send(CONTROL_OUT, [control(0xffff_ffff, 0, 1)]);
  expect(it.messages()).toEqual(['1 1 1']);
  await it.guest.send(CONTROL_OUT, [control(1, 3, 1)]);
  expect(it.messages()).toEqual([`1 7 1 ${NAME}`, '1 6 1']);
});

test('bytes go both ways while the guest has the port open', async () => {
  const it = new ConsoleGuest();
  await it.guest.send(PORT_OUT, [Buffer.from('early')]);
  expect([it.port.isOpen, it.port.write(Buffer.from('too early'))]).toEqual([false, true]);
  await it.open();
  await it.guest.send(PORT_OUT, [Buffer.from('from '), Buffer.from('the guest')]);
  it.guest.post(PORT_IN, [], [4]);
  it.guest.post(PORT_IN, [], [10, 10]);
  it.port.write(Buffer.from('to the '));
  it.port.write(Buffer.from('guest'));
  expect([it.received, it.sent(), it.opens]).toEqual(['from the guest', 'to the guest'.slice(0, 7), [true]]);
  it.guest.post(PORT_IN, [], [10]);
  expect(it.sent()).toBe('guest');
  await it.guest.send(CONTROL_OUT, [control(1, 6, 0)]);
  expect([it.opens, it.port.isOpen]).toEqual([[true, false], false]);
});

test('a writer is asked to wait for a guest that does not read, and told when it may go on', async () => {
  const it = new ConsoleGuest();
  await it.open();
  let drains = 0;
  it.port.onDrain.subscribe(() => void drains++);
  let written = 0;
  while (it.port.write(new Uint8Array(65536))) written++;
  expect(written).toBe(4);
  for (let i = 0; i < 200; i++) it.port.write(new Uint8Array(65536));
  let got = 0;
  while (drains === 0) {
    it.guest.layOutAgain(PORT_IN);
    for (let i = 0; i < 4; i++) it.guest.post(PORT_IN, [], [65536]);
    for (let i = 0; i < 4 && drains === 0; i++) got += (await it.guest.answer(PORT_IN)).written;
  }
  expect([got <= (1 << 22) + 65536, got > 1 << 21, it.port.write(Uint8Array.of(1))]).toEqual([true, true, true]);
});

test('a guest that starts anew has no port open, and nothing of before', async () => {
  const it = new ConsoleGuest();
  await it.open();
  it.port.write(Buffer.from('old'));
  it.guest.start(MULTIPORT);
  expect(it.opens).toEqual([true, false]);
  await it.open();
  it.guest.post(PORT_IN, [], [16]);
  it.port.write(Buffer.from('new'));
  expect(it.sent()).toBe('new');
});

test('what waits survives being saved', async () => {
  const it = new ConsoleGuest();
  await it.open();
  it.guest.post(PORT_IN, [], [2]);
  it.port.write(Buffer.from('hello'));
  const other = new ConsoleGuest();
  other.device.restore(structuredClone(it.device.save()));
  other.guest.post(PORT_IN, [], [16]);
  expect([other.opens, other.sent()]).toEqual([[true], 'llo']);
});

test('whatever the driver says, it can start over', async () => {
  const message = fc.tuple(fc.nat(3), fc.nat(9), fc.nat(2));
  const step = fc.oneof(
    fc.record({
      kind: fc.constant('control'),
      queue: fc.constant(3),
      bytes: message.map(([p, e, v]) => control(p, e, v)),
    }),
    fc.record({ kind: fc.constant('bytes'), queue: fc.nat(5), bytes: fc.uint8Array({ minLength: 1, maxLength: 20 }) }),
    fc.record({ kind: fc.constant('room'), queue: fc.nat(5), bytes: fc.constant(new Uint8Array(0)) }),
    fc.record({ kind: fc.constant('damage'), queue: fc.nat(5), bytes: fc.constant(new Uint8Array(0)) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
      const it = new ConsoleGuest();
      for (const { kind, queue, bytes } of steps) {
        if (kind === 'room') it.guest.post(queue, [], [16]);
        else if (kind === 'damage') it.guest.queues[queue]!.publish(77);
        else it.guest.post(queue, [bytes]);
        it.port.write(bytes);
      }
      it.guest.start(MULTIPORT);
      await it.open();
      it.received = '';
      await it.guest.send(PORT_OUT, [Buffer.from('fine')]);
      expect([it.received, it.guest.isGuarded]).toEqual(['fine', true]);
    }),
    { numRuns: 100 },
  );
});
