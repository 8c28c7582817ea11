/**
 * Starts a program that renders in place of itself, where the system can do that (landlock.ts) without the right to change
 * files: every thread of such a program must be without, those of Node and of drivers too, and none is there before it starts.
 *
 *     node launch.ts OWN-FOLDER IPC-DESCRIPTOR PROGRAM SETTINGS
 */
import { readdirSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import process from 'node:process';
import { dieWithParent } from '../../base/native/confine.ts';
import { keepOnExec } from '../../base/native/fd.ts';
import { changeOnly } from '../../base/native/landlock.ts';
import { FILES_KEPT } from './render-messages.ts';
import type { RenderSettings } from './render-messages.ts';

const FIRST_FD = 3;
/** What drivers of hardware open to write: /dev/dri, and the names that those outside of it have; what else Node opens. */
const DEVICES = /^(dri|kfd|dxg|mali\d*|nvidia.*|udmabuf|dma_heap|null)$/;

const [, , own = '', channel = '', program = '', settings = ''] = process.argv;
dieWithParent();
const { renderNode } = JSON.parse(settings) as RenderSettings;
const devices = readdirSync('/dev').filter((name) => DEVICES.test(name));
const isKept = changeOnly([...devices.map((name) => `/dev/${name}`), renderNode, own].filter(isPath));
// For the launchers after this one (code-cache.ts), if it is the first.
flushCompileCache();
for (let fd = FIRST_FD; fd <= Number(channel); fd++) keepOnExec(fd);
const words = [...compilerFlags(), program, settings, ...(isKept ? [FILES_KEPT] : [])];
process.execve?.(process.execPath, [process.execPath, ...words], {
  ...process.env,
  NODE_CHANNEL_FD: channel,
  NODE_CHANNEL_SERIALIZATION_MODE: 'json',
});

/**
 * After how many calls of a function, give or take its size, V8 compiles it with some optimisations and with all: 2.5 and 67
 * times its own numbers. While a guest still shows the states that it has, early code is thrown away and compiled anew; and the
 * last compiler takes as much time as its code gives back in several seconds of many draws, which is how long it waits now.
 */
function compilerFlags(): readonly string[] {
  // Others may not know the flags, and Node ends when it is given one that it does not know.
  if (!process.versions.v8.startsWith('13.')) return [];
  return ['--invocation-count-for-maglev=1000', '--invocation-count-for-turbofan=200000'];
}

/** A render node may be named by a word, and not every process has a folder of its own. */
function isPath(text: string): boolean {
  return text.startsWith('/');
}
