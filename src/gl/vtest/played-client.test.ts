import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Logger } from '../../base/log.ts';
import { Rehearsal } from '../virgl/rehearsal.ts';
import { softwareDevice } from '../virgl/test-guest.ts';
import { playClient } from './played-client.ts';

describe.skipIf(softwareDevice() === null)('a client that is played', () => {
  test('is refused nothing, and leaves no descriptor', () => {
    const { display: device, capabilities, formats } = softwareDevice()!;
    const said: string[] = [];
    const say = (message: string): void => void said.push(message);
    const log: Logger = { debug: say, info: say, warn: say, error: say, child: () => log };
    const files = (): number => readdirSync('/proc/self/fd').length;
    const before = files();
    const rehearsal = new Rehearsal({ device, capabilities, formats }, (renderer) => playClient(renderer, log));
    // The resources that it has in every frame have shared memory.
    expect(files()).toBeGreaterThan(before);
    for (let i = 0; i < 5; i++) expect(rehearsal.goOn()).toBe(true);
    rehearsal.close();
    expect(rehearsal.refusal).toBeNull();
    expect(said).toEqual([]);
    expect(files()).toBe(before);
  });
});
