#!/usr/bin/env node
// Starts the server's sources under a Node that runs TypeScript by itself (24.12 or later). Where the machine's own node
// is older, the one that npm installed beside our dependencies takes over.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import * as module from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const main = fileURLToPath(new URL('../src/server/main.ts', import.meta.url));
const program = process.platform === 'win32' ? 'node.exe' : 'node';
const own = fileURLToPath(new URL(`../node_modules/node/bin/${program}`, import.meta.url));
// Reading our own sources is half of a start's work: what they were compiled to is kept beside the guest images. Threads
// and another Node find it in the environment.
const caches = process.env.XDG_CACHE_HOME?.startsWith('/') ? process.env.XDG_CACHE_HOME : join(homedir(), '.cache');
process.env.NODE_COMPILE_CACHE ??= join(caches, 'saffron', 'code');
const [major, minor] = process.versions.node.split('.').map(Number);

if (major > 24 || (major === 24 && minor >= 12)) {
  module.enableCompileCache(process.env.NODE_COMPILE_CACHE);
  // A path with a drive's letter would be taken for a URL.
  await import(pathToFileURL(main).href);
} else if (existsSync(own)) {
  const child = spawn(own, [main, ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => (signal ? process.kill(process.pid, signal) : process.exit(code ?? 1)));
} else {
  console.error(
    `saffron needs Node 24.12 or later and this is ${process.versions.node}: run "npm ci" in its folder first.`,
  );
  process.exit(2);
}
