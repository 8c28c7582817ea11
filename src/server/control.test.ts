import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../base/log.ts';
import {
  controlGuest,
  isGuestRunning,
  listRunningGuests,
  openControl,
  type ControlAction,
  type GuestStatus,
} from './control.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'saffron-control-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function guest(name: string, asked: ControlAction[] = []): Promise<AsyncDisposable> {
  const status: GuestStatus = { name, state: 'running', pid: 1, viewers: 2, web: null, spice: ['unix:/x'] };
  const handle = async (action: ControlAction): Promise<GuestStatus> => {
    asked.push(action);
    if (action === 'pause') throw new Error('not now');
    return status;
  };
  return openControl(folder, name, handle, silentLogger);
}

describe('control socket', () => {
  it('lists guests and acts on the one that is named, or on the only one', async () => {
    const asked: ControlAction[] = [];
    await using _first = await guest('alpha', asked);
    expect(await controlGuest(folder, undefined, 'powerdown')).toMatchObject({ name: 'alpha', viewers: 2 });
    await using _second = await guest('beta');
    expect((await listRunningGuests(folder)).map(({ name }) => name)).toEqual(['alpha', 'beta']);
    await expect(controlGuest(folder, undefined, 'reset')).rejects.toThrow('Name the guest');
    await expect(controlGuest(folder, 'gamma', 'reset')).rejects.toThrow('There is no guest "gamma"');
    expect((await controlGuest(folder, 'beta', 'reset')).name).toBe('beta');
    expect(asked.filter((action) => action !== 'status')).toEqual(['powerdown']);
  });

  it('hands the reason of a refusal to the asker, and goes on', async () => {
    await using _guest = await guest('alpha');
    await expect(controlGuest(folder, 'alpha', 'pause')).rejects.toThrow('The guest refused: not now.');
    expect((await controlGuest(folder, 'alpha', 'status')).state).toBe('running');
  });

  it('answers also when what was asked for ends the guest', async () => {
    const status: GuestStatus = { name: 'alpha', state: 'stopped', pid: 1, viewers: 0, web: null, spice: [] };
    const closing: PromiseLike<void>[] = [];
    const open = await openControl(
      folder,
      'alpha',
      async (action) => {
        if (action === 'status') return status;
        closing.push(open[Symbol.asyncDispose]());
        await new Promise((resolve) => setImmediate(resolve));
        return status;
      },
      silentLogger,
    );
    expect((await controlGuest(folder, 'alpha', 'kill')).state).toBe('stopped');
    await Promise.all(closing);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('refuses a second guest of the same name', async () => {
    await using _guest = await guest('alpha');
    await expect(guest('alpha')).rejects.toThrow('give this one another name');
    expect(await isGuestRunning(folder, 'alpha')).toBe(true);
  });

  it('leaves no socket behind, and clears away one that a killed program left', async () => {
    const open = await guest('alpha');
    await open[Symbol.asyncDispose]();
    expect(readdirSync(folder)).toEqual([]);

    const stale = join(folder, 'dead.control');
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(stale, resolve));
    const { renameSync } = await import('node:fs');
    renameSync(stale, `${stale}.kept`);
    await new Promise((resolve) => server.close(resolve));
    renameSync(`${stale}.kept`, stale);
    expect(await listRunningGuests(folder)).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('survives bytes that are no request', async () => {
    await using _guest = await guest('alpha');
    for (const bytes of ['\n', 'x'.repeat(10_000), '{"a":1}\n', '\0\0\n']) {
      await new Promise<void>((resolve) => {
        const socket = createConnection(join(folder, 'alpha.control'), () => socket.end(bytes));
        socket.on('error', () => {});
        socket.resume().on('close', () => resolve());
      });
    }
    expect((await controlGuest(folder, 'alpha', 'status')).name).toBe('alpha');
  });
});
