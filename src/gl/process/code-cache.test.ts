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

test('what the first process left is there for the first of the next run, unless others can have written it', () => {
  const parent = mkdtempSync(join(tmpdir(), 'saffron-test-'));
  const kept = join(parent, 'render');
  const run = (word: string): string => {
    const script = `import(${URL_OF_MODULE}).then((it) => {
      const { own, share } = it.nextCodeCache();
      console.log(fs.existsSync(path.join(own, 'made')) ? fs.readFileSync(path.join(own, 'made'), 'utf8') : 'nothing');
      fs.writeFileSync(path.join(own, 'made'), ${JSON.stringify(word)});
      share();
    });`;
    const env = { ...process.env, NODE_COMPILE_CACHE: join(parent, 'code') };
    return execFileSync(process.execPath, ['-e', script], { env, encoding: 'utf8' }).trim();
  };
  expect(run('one')).toBe('nothing');
  expect(statSync(kept).mode & 0o777).toBe(0o700);
  expect(run('longer')).toBe('one');
  expect(run('the longest')).toBe('longer');
  chmodSync(kept, 0o770);
  expect(run('one')).toBe('nothing');
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
  execFileSync(process.execPath, ['-e', TELL_FOLDER], { env });
  const left = readdirSync(parent).map((name) => join(parent, name));
  expect(left.toSorted()).toEqual([living.folder, fresh.folder, link].toSorted());
  await leave(living);
  rmSync(parent, { recursive: true });
});
