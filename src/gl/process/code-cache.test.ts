import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { expect, test } from 'vitest';
import { nextCodeCache } from './code-cache.ts';

const URL_OF_MODULE = JSON.stringify(new URL('code-cache.ts', import.meta.url).href);
const TELL_FOLDER = `import(${URL_OF_MODULE}).then((it) => console.log(path.dirname(it.nextCodeCache().own)));`;

test('the cache lies where nobody else may write', () => {
  const { own, environment } = nextCodeCache();
  expect(environment['NODE_COMPILE_CACHE']).toBe(join(own, 'code'));
  for (const folder of [own, dirname(own)]) expect(statSync(folder).mode & 0o777).toBe(0o700);
});

test('what the first process left is used by later runs where it lies, unless others can have written it', () => {
  const parent = mkdtempSync(join(tmpdir(), 'saffron-test-'));
  const kept = join(parent, 'render');
  /** What a first process finds: its code, the shaders in its own folder; and what it leaves there. */
  const run = (word: string, program = 'program'): { code: string; shaders: string; isOwn: boolean } => {
    const script = `import(${URL_OF_MODULE}).then((it) => {
      const { own, environment, share } = it.nextCodeCache(${JSON.stringify(program)});
      const code = environment.NODE_COMPILE_CACHE;
      const made = (folder) => path.join(folder, 'made');
      const read = (folder) => (fs.existsSync(made(folder)) ? fs.readFileSync(made(folder), 'utf8') : 'nothing');
      const shaders = path.join(own, 'shaders');
      const isOwn = code.startsWith(own);
      console.log(JSON.stringify({ code: read(code), shaders: read(shaders), isOwn }));
      for (const folder of isOwn ? [code, shaders] : [shaders]) {
        fs.mkdirSync(folder, { recursive: true });
        fs.writeFileSync(made(folder), ${JSON.stringify(word)});
      }
      share();
      if (isOwn && fs.existsSync(made(code))) throw new Error('the process could still write there');
    });`;
    const env = { ...process.env, NODE_COMPILE_CACHE: join(parent, 'code') };
    return JSON.parse(execFileSync(process.execPath, ['-e', script], { env, encoding: 'utf8' }));
  };
  expect(run('one')).toEqual({ code: 'nothing', shaders: 'nothing', isOwn: true });
  expect(statSync(kept).mode & 0o777).toBe(0o700);
  expect(run('longer')).toEqual({ code: 'one', shaders: 'one', isOwn: false });
  expect(run('the longest')).toEqual({ code: 'one', shaders: 'longer', isOwn: false });
  // What it is made of makes a difference, and not all of it stays.
  for (const program of ['a', 'b', 'c', 'd', 'e']) expect(run(program, program).code).toBe('nothing');
  expect(run('one').code).toBe('nothing');
  expect(run('two').code).toBe('one');
  expect(readdirSync(kept)).toHaveLength(4);
  chmodSync(kept, 0o770);
  expect(run('three')).toEqual({ code: 'nothing', shaders: 'nothing', isOwn: true });
  expect(readdirSync(parent).toSorted()).toEqual(['code', 'render']);
  rmSync(parent, { recursive: true });
});

test('it goes with the process that made it', () => {
  const folder = execFileSync(process.execPath, ['-e', TELL_FOLDER], { encoding: 'utf8' }).trim();
  expect(folder).toContain('saffron-code-');
  expect(existsSync(folder)).toBe(false);
});

test('what a killed process left goes with the next start, and nothing else', async () => {
  const parent = mkdtempSync(join(tmpdir(), 'saffron-test-'));
  const env = { ...process.env, TMPDIR: parent };
  const start = async () => {
    const child = spawn(process.execPath, ['-e', `${TELL_FOLDER} setInterval(() => {}, 1e6);`], { env });
    const [said] = (await once(child.stdout, 'data')) as [Buffer];
    return { child, folder: said.toString().trim() };
  };
  const [killed, living, fresh] = await Promise.all([start(), start(), start()]);
  const leave = async ({ child }: { child: typeof killed.child }): Promise<void> => {
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  await leave(killed);
  await leave(fresh);
  const link = join(parent, 'saffron-code-link');
  symlinkSync(parent, link);
  for (const { folder } of [killed, living]) utimesSync(folder, 0, 0);
  // However long the start takes.
  const later = Date.now() / 1000 + 3600;
  utimesSync(fresh.folder, later, later);
  execFileSync(process.execPath, ['-e', TELL_FOLDER], { env });
  const left = readdirSync(parent).map((name) => join(parent, name));
  expect(left.toSorted()).toEqual([living.folder, fresh.folder, link].toSorted());
  await leave(living);
  rmSync(parent, { recursive: true });
});
