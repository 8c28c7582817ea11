/** Compiled shaders, from one process that renders to the next, as Mesa itself tells of its cache. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { softwareDevice } from '../virgl/test-guest.ts';
import { ProcessGuest } from './process-guest.ts';

const moduleOf = (path: string): string => JSON.stringify(new URL(path, import.meta.url).href);
/** A guest that draws with a shader of its own. */
const DRAWS = `
  const { ProcessGuest, createTriangle, prepareTriangle, DRAW_TRIANGLE } = await import(${moduleOf('process-guest.ts')});
  const { createShader, command } = await import(${moduleOf('../virgl/test-guest.ts')});
  await using guest = await ProcessGuest.start({ shaderFolder: process.argv[1] });
  createTriangle(guest);
  prepareTriangle(guest, 1);
  const words = 'FRAG\\nDCL OUT[0], COLOR\\nIMM[0] FLT32 { 0.125, 0.5, 0.25, 1.0 }\\nMOV OUT[0], IMM[0]\\nEND\\n';
  guest.submit(1, createShader(77, 'fragment', words), command('bindShader', 77, 1), DRAW_TRIANGLE);
  await guest.finish();
`;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'saffron-shaders-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Programs by their keys: those that were compiled, and those that were there. */
interface Run {
  readonly put: readonly string[];
  readonly found: readonly string[];
}

async function run(at: string): Promise<Run> {
  const words = ['--input-type=module', '--eval', DRAWS, at];
  const env = { ...process.env, MESA_GLSL: 'cache_info' };
  const { stderr } = await promisify(execFile)(process.execPath, words, { env });
  const keys = (pattern: RegExp): string[] => [...stderr.matchAll(pattern)].map(([, key = '']) => key);
  return {
    put: keys(/putting program metadata in cache: ([0-9a-f]{40})/g),
    found: keys(/loading shader program meta data from cache: ([0-9a-f]{40})/g),
  };
}

const fileOf = (guest: string): Buffer => readFileSync(join(folder, guest, 'shaders.foz'));

describe.skipIf(softwareDevice() === null)('compiled shaders of a guest', () => {
  it('are there in its next run', async () => {
    const first = await run(join(folder, 'one'));
    const kept = fileOf('one');
    const second = await run(join(folder, 'one'));
    // The rehearsal's are compiled in each run.
    const own = first.put.filter((key) => !second.put.includes(key));
    expect(own).not.toEqual([]);
    expect(second.found).toEqual(expect.arrayContaining(own));
    // What the driver had not written yet when the first ended may come behind.
    expect(fileOf('one').subarray(0, kept.length).equals(kept)).toBe(true);
  });

  it('lie in no file that the process could write to', async () => {
    await using guest = await ProcessGuest.start({ shaderFolder: join(folder, 'three') });
    const at = `/proc/${guest.gpu.pid}`;
    const links = readdirSync(`${at}/fd`)
      // What is printed may go to a file.
      .filter((fd) => Number(fd) > 2 && statSync(`${at}/fd/${fd}`, { throwIfNoEntry: false })?.isFile())
      .filter(
        (fd) => (parseInt(/flags:\s*(\d+)/.exec(readFileSync(`${at}/fdinfo/${fd}`, 'utf8'))?.[1] ?? '', 8) & 3) !== 0,
      )
      .map((fd) => readlinkSync(`${at}/fd/${fd}`));
    expect(links.filter((link) => !link.startsWith('/memfd:'))).toEqual([]);
    expect(links.filter((link) => link.startsWith('/memfd:shader'))).toHaveLength(2);
  });
});
