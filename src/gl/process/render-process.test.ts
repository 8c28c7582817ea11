import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLogger } from '../../base/log.ts';
import { landlockVersion } from '../../base/native/landlock.ts';
import { FILES_KEPT } from './render-messages.ts';
import { RenderProcess } from './render-process.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'saffron-render-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Attempts of threads that Node had before the program's first line, and of its own; what became of them as its last word. */
const PROGRAM = `
  import { constants, openSync, closeSync, readFileSync, writeFileSync } from 'node:fs';
  import { open, mkdir, rename, unlink } from 'node:fs/promises';
  import { join } from 'node:path';
  import { Worker } from 'node:worker_threads';
  const folder = import.meta.dirname;
  const file = join(folder, 'file');
  const attempt = async (act) => { try { await act(); return 'done'; } catch (error) { return error.code; } };
  const said = {
    read: readFileSync(file, 'utf8'),
    write: await attempt(() => closeSync(openSync(file, 'r+'))),
    truncate: await attempt(() => writeFileSync(file, '')),
    poolWrites: await attempt(async () => (await open(file, 'r+')).close()),
    makes: await attempt(() => mkdir(join(folder, 'new'))),
    moves: await attempt(() => rename(file, join(folder, 'moved'))),
    removes: await attempt(() => unlink(file)),
    device: await attempt(() => closeSync(openSync('/dev/null', constants.O_RDWR))),
    ownCache: await attempt(() => writeFileSync(join(process.env.NODE_COMPILE_CACHE, 'mine'), '')),
    worker: await new Promise((resolve) => {
      const text = "const { parentPort: p, workerData: f } = require('node:worker_threads'); const fs = require('node:fs');" +
        "try { fs.writeFileSync(f, ''); p.postMessage('done'); } catch (error) { p.postMessage(error.code); }";
      new Worker(text, { eval: true, workerData: file }).on('message', resolve);
    }),
    descriptor: readFileSync(3, 'utf8'),
    told: process.argv[3],
  };
  process.send({ kind: 'end', reason: JSON.stringify(said) }, () => process.exit(0));
`;

describe.skipIf(landlockVersion() === 0)('a process that renders', () => {
  it('changes nothing but devices and its own cache, with whichever thread, from its first line on', async () => {
    const program = join(folder, 'program.mjs');
    writeFileSync(program, PROGRAM);
    const file = join(folder, 'file');
    writeFileSync(file, 'as it was');
    const fd = openSync(file, 'r');
    const process = new RenderProcess({
      program,
      settings: { renderNode: 'software', limits: {}, logLevel: 'warn' },
      fds: [fd],
      log: silentLogger,
      shaders: null,
    });
    const { reason } = await process.exited;
    closeSync(fd);
    const refused = ['write', 'truncate', 'poolWrites', 'makes', 'moves', 'removes', 'worker'];
    expect(JSON.parse(reason)).toEqual({
      ...Object.fromEntries(refused.map((name) => [name, 'EACCES'])),
      read: 'as it was',
      device: 'done',
      ownCache: 'done',
      descriptor: 'as it was',
      told: FILES_KEPT,
    });
    expect(readFileSync(file, 'utf8')).toBe('as it was');
  });
});
