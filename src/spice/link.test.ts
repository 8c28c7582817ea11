import * as fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { silentLogger } from '../base/log.ts';
import { FakeGuest } from './fake-guest.ts';
import type { SpiceLimits } from './limits.ts';
import { ManualClock } from './manual-clock.ts';
import { SpiceServer } from './server.ts';
import { dial, encryptTicket, printLink, takeReply, TestChannel, TestViewer, type ByteInbox } from './test-viewer.ts';
import { Tickets } from './ticket.ts';
import { mainServer } from './wire/main.gen.ts';
import { ChannelType, CommonCap, LinkError } from './wire/link.gen.ts';

let server: SpiceServer;
let clock: ManualClock;

function start(options: { password?: string; viewOnlyPassword?: string; limits?: Partial<SpiceLimits> } = {}): void {
  clock = new ManualClock();
  server = new SpiceServer({
    guest: new FakeGuest(),
    tickets: new Tickets({
      password: options.password ?? null,
      viewOnlyPassword: options.viewOnlyPassword ?? null,
      clock,
    }),
    log: silentLogger,
    clock,
    ...(options.limits === undefined ? {} : { limits: options.limits }),
  });
}

afterEach(() => server.close());

async function errorOf(inbox: ByteInbox): Promise<number | null> {
  const reply = await takeReply(inbox);
  return reply?.error ?? null;
}

function fromHex(text: string): Buffer {
  return Buffer.from(text.replaceAll(' ', ''), 'hex');
}

/** The proof that a refusal harmed nothing. */
async function expectGood(options: { password?: string } = {}): Promise<void> {
  const viewer = await TestViewer.connect(server, options);
  expect(viewer.init.sessionId).toBeGreaterThan(0);
  viewer.main.close();
}

describe('the link', () => {
  test('opens a session byte by byte, with the mini header and the mechanism word', async () => {
    start({ password: 'secret' });
    const viewer = await TestViewer.connect(server, { password: 'secret', chunkBytes: 1 });
    expect(viewer.init).toMatchObject({ displayChannelsHint: 1, agentConnected: true });
    expect(server.viewers()).toHaveLength(1);
  });

  test('opens a session for a viewer that sends its ticket at once and knows only the 18-byte header', async () => {
    start({ password: 'secret' });
    const viewer = await TestViewer.connect(server, { password: 'secret', commonCaps: [], chunkBytes: 1 });
    expect(viewer.init.displayChannelsHint).toBe(1);
  });

  test('opens a session for a viewer without any capability words', async () => {
    start();
    const inbox = dial(server);
    // REDQ 2.2, 18 bytes: connection 0, channel 1.0, no capabilities, offset 18.
    inbox.stream.write(fromHex('52454451020000000200000012000000 00000000 0100 0000000000000000 12000000'));
    const reply = await takeReply(inbox);
    expect(reply?.error).toBe(LinkError.ok);
    inbox.stream.write(encryptTicket(reply?.publicKey ?? new Uint8Array(0), ''));
    expect(await inbox.take(4)).toEqual(new Uint8Array(4));
  });

  test.each([
    ['bytes that are no SPICE', 'HELLO WORLD, HELLO', LinkError.invalidMagic],
    ['another major version', '5245445103000000020000001a000000', LinkError.versionMismatch],
    ['a message shorter than its fixed part', '52454451020000000200000011000000', LinkError.invalidData],
    ['a message of 4 GiB', '524544510200000002000000ffffffff', LinkError.invalidData],
  ])('refuses %s with its code', async (_name, text, code) => {
    start();
    const inbox = dial(server);
    inbox.stream.write(/^[0-9a-f]+$/.test(text) ? fromHex(text) : Buffer.from(text));
    expect(await errorOf(inbox)).toBe(code);
    inbox.stream.end();
    await inbox.ended();
    await expectGood();
  });

  test.each([
    ['more capability words than bytes', '00000000 0100 ff000000 ff000000 12000000'],
    ['2^32 - 1 capability words', '00000000 0100 ffffffff ffffffff 12000000'],
    ['capabilities outside the message', '00000000 0100 01000000 00000000 ffffff7f'],
  ])('refuses a link message with %s', async (_name, hex) => {
    start();
    const inbox = dial(server);
    inbox.stream.write(fromHex(`52454451020000000200000012000000${hex}`));
    expect(await errorOf(inbox)).toBe(LinkError.invalidData);
    await expectGood();
  });

  test('refuses SASL, which it did not offer', async () => {
    start();
    const inbox = dial(server);
    inbox.stream.write(printLink({}));
    await takeReply(inbox);
    inbox.stream.write(Buffer.from([CommonCap.authSasl, 0, 0, 0]));
    expect(await inbox.take(4)).toEqual(Uint8Array.of(LinkError.invalidData, 0, 0, 0));
    await expectGood();
  });

  test.each([
    ['a channel type it has not', { type: ChannelType.usbredir, connectionId: 5 }, LinkError.channelNotAvailable],
    ['a head that is not there', { type: ChannelType.display, id: 1, connectionId: 5 }, LinkError.channelNotAvailable],
    ['a main channel with a connection id', { type: ChannelType.main, connectionId: 5 }, LinkError.badConnectionId],
    ['another channel without one', { type: ChannelType.inputs, connectionId: 0 }, LinkError.badConnectionId],
    ['a session that is not there', { type: ChannelType.inputs, connectionId: 5 }, LinkError.badConnectionId],
  ])('refuses %s', async (_name, options, code) => {
    start();
    expect(await TestChannel.tryLink(server, options)).toBe(code);
    await expectGood();
  });

  test('leaves the session alone when one of its links is refused', async () => {
    start();
    const viewer = await TestViewer.connect(server);
    const link = { type: ChannelType.record, connectionId: viewer.init.sessionId };
    expect(await TestChannel.tryLink(server, link)).toBe(LinkError.channelNotAvailable);
    await viewer.open(ChannelType.inputs);
    expect(server.viewers()).toHaveLength(1);
  });

  test('refuses a wrong password, then takes the right one', async () => {
    start({ password: 'secret' });
    expect(await TestChannel.tryLink(server, { password: 'Secret' })).toBe(LinkError.permissionDenied);
    clock.advance(1000);
    await expectGood({ password: 'secret' });
  });

  test('refuses a ticket that was encrypted for nobody', async () => {
    start({ password: 'secret' });
    const inbox = dial(server);
    inbox.stream.write(printLink({}));
    await takeReply(inbox);
    inbox.stream.write(Buffer.concat([Buffer.from([1, 0, 0, 0]), Buffer.alloc(128, 7)]));
    expect(await inbox.take(4)).toEqual(Uint8Array.of(LinkError.permissionDenied, 0, 0, 0));
    clock.advance(1000);
    await expectGood({ password: 'secret' });
  });

  test('lets a further channel in only with the ticket that opened the session', async () => {
    start({ password: 'secret', viewOnlyPassword: 'look' });
    const viewer = await TestViewer.connect(server, { password: 'look' });
    const link = { type: ChannelType.inputs, connectionId: viewer.init.sessionId };
    expect(await TestChannel.tryLink(server, { ...link, password: 'secret' })).toBe(LinkError.permissionDenied);
    await viewer.open(ChannelType.inputs);
  });

  test('refuses one viewer too many and takes it when another has left', async () => {
    start({ limits: { maxViewers: 1 } });
    const first = await TestViewer.connect(server);
    expect(await TestChannel.tryLink(server)).toBe(LinkError.error);
    first.main.close();
    await new Promise<void>((resolve) => {
      server.onViewer.subscribe(() => resolve());
    });
    await expectGood();
  });

  test('cuts a connection that shows no ticket in time', async () => {
    start({ limits: { handshakeMs: 10_000 } });
    const inbox = dial(server);
    inbox.stream.write('RED');
    clock.advance(9_999);
    expect(server.halfOpen.size).toBe(1);
    clock.advance(1);
    await inbox.ended();
    expect(server.halfOpen.size).toBe(0);
    await expectGood();
  });

  test('a thousand half-open connections keep nobody out', async () => {
    start({ limits: { maxHalfOpen: 256, maxHalfOpenPerAddress: 64 } });
    const crowd = Array.from({ length: 1000 }, (_, i) =>
      dial(server, { info: { transport: 'tcp', address: `10.0.0.${i % 200}` } }),
    );
    for (const inbox of crowd) inbox.stream.write('REDQ');
    expect(server.halfOpen.size).toBe(256);
    await expectGood();
    for (const inbox of crowd) inbox.stream.destroy();
    await Promise.all(crowd.map((inbox) => inbox.ended()));
    await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
    expect(server.halfOpen.size).toBe(0);
    expect(clock.pending).toBeLessThan(4);
  });

  test('one address cannot take the places of all', async () => {
    start({ limits: { maxHalfOpen: 256, maxHalfOpenPerAddress: 64 } });
    const quiet = dial(server, { info: { transport: 'tcp', address: '10.0.0.1' } });
    for (let i = 0; i < 500; i++) dial(server, { info: { transport: 'tcp', address: '10.0.0.2' } });
    expect(server.halfOpen.size).toBe(65);
    quiet.stream.write(printLink({}));
    expect((await takeReply(quiet))?.error).toBe(LinkError.ok);
  });

  test('any bytes end in a refusal, and the next viewer is served', async () => {
    start();
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), fc.integer({ min: 0, max: 60 }), async (noise, keep) => {
        const inbox = dial(server, { chunkBytes: 7 });
        inbox.stream.write(printLink({}).slice(0, keep));
        inbox.stream.write(noise);
        inbox.stream.end();
        await inbox.ended();
      }),
      { numRuns: 150 },
    );
    clock.advance(60_000);
    expect(server.viewers()).toHaveLength(0);
    await expectGood();
  });

  test('tells name and UUID to who can take them', async () => {
    start();
    const main = await TestChannel.link(server, { caps: [1] });
    const { name } = await main.until(mainServer.name);
    expect(new TextDecoder().decode(name)).toBe('fake guest\0');
    const { uuid } = await main.until(mainServer.uuid);
    expect(Buffer.from(uuid).toString('hex')).toBe('0123456789abcdef0123456789abcdef');
  });
});
