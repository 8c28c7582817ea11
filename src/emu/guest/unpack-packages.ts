/** Unpacks Debian packages as they come in, several at a time, each in a worker thread; gives one tree of their files. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { HostError } from '../../base/errors.ts';
import type { TarEntry } from './debian/tar.ts';
import { FileTree, type FileNode } from './file-tree.ts';

/** What a worker is asked to unpack: `file` into `pack`. */
export interface UnpackTask {
  readonly file: string;
  readonly sha256: string;
  readonly pack: string;
}

/** A header of the archive, and where its contents lie in the pack. */
export interface UnpackedEntry extends TarEntry {
  readonly offset: number;
}

/** What a worker answers; `wrong`: the file's digest is another. */
export type UnpackAnswer =
  | { readonly kind: 'entries'; readonly entries: readonly UnpackedEntry[] }
  | { readonly kind: 'wrong' }
  | { readonly kind: 'error'; readonly code: string; readonly message: string };

interface Job {
  readonly task: UnpackTask;
  readonly resolve: (answer: UnpackAnswer) => void;
  readonly reject: (error: Error) => void;
}

const MAX_THREADS = 8;

/** Threads that unpack. */
export class Unpacker {
  readonly #folder: string;
  readonly #signal: AbortSignal;
  readonly #workers: Worker[] = [];
  readonly #busy = new Map<Worker, Job>();
  readonly #queue: Job[] = [];
  readonly #unpacked = new Map<string, { readonly pack: string; readonly entries: readonly UnpackedEntry[] }>();
  #count = 0;

  /** `folder` gets the unpacked contents. When `signal` is aborted, all that waits is rejected with its reason. */
  constructor(folder: string, signal: AbortSignal) {
    this.#folder = folder;
    this.#signal = signal;
  }

  /** Ends the threads, whatever they do. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const { reject } of this.#queue.splice(0)) reject(new Error('unpacking was stopped'));
    await Promise.all([...this.#workers].map((worker) => worker.terminate()));
  }

  /**
   * Unpacks one package; `name` decides which of two that hold the same file wins. False when the file's digest is another.
   * Throws HostError `bad-package`, or an Error with a `code` of the file system's.
   */
  async unpack(name: string, file: string, sha256: string): Promise<boolean> {
    const pack = join(this.#folder, `${this.#count++}.pack`);
    const answer = await new Promise<UnpackAnswer>((resolve, reject) => {
      this.#signal.throwIfAborted();
      this.#signal.addEventListener('abort', () => reject(this.#signal.reason as Error), { once: true });
      this.#queue.push({ task: { file, sha256, pack }, resolve, reject });
      this.#next();
    });
    if (answer.kind === 'wrong') return false;
    if (answer.kind === 'error') {
      if (answer.code === 'bad-package')
        throw new HostError('bad-package', answer.message.replace(/^A package /, `The package ${name} `));
      throw Object.assign(new Error(answer.message), { code: answer.code });
    }
    this.#unpacked.set(name, { pack, entries: answer.entries });
    return true;
  }

  /** The files of all packages that were unpacked. */
  tree(): FileTree {
    const tree = new FileTree();
    for (const [, { pack, entries }] of [...this.#unpacked].sort(([a], [b]) => (a < b ? -1 : 1)))
      for (const entry of entries) {
        const node = entry.kind === 'hard-link' ? tree.get(entry.target) : nodeOf(entry, pack);
        if (node !== undefined) tree.set(entry.path, node);
      }
    return tree;
  }

  /** The paths that these packages hold; those that were not unpacked hold none. */
  pathsOf(names: ReadonlySet<string>): readonly string[] {
    return [...names].flatMap((name) => this.#unpacked.get(name)?.entries.map(({ path }) => path) ?? []);
  }

  #next(): void {
    if (this.#queue.length === 0) return;
    const worker = this.#workers.find((candidate) => !this.#busy.has(candidate)) ?? this.#start();
    const job = worker === null ? undefined : this.#queue.shift();
    if (worker === null || job === undefined) return;
    this.#busy.set(worker, job);
    worker.postMessage(job.task);
  }

  #start(): Worker | null {
    if (this.#workers.length >= Math.min(MAX_THREADS, availableParallelism())) return null;
    const worker = new Worker(new URL('./unpack.worker.ts', import.meta.url));
    this.#workers.push(worker);
    const finish = (act: (job: Job) => void): void => {
      const job = this.#busy.get(worker);
      this.#busy.delete(worker);
      if (job !== undefined) act(job);
      this.#next();
    };
    worker.on('message', (answer: UnpackAnswer) => finish((job) => job.resolve(answer)));
    worker.on('error', (error: Error) => finish((job) => job.reject(error)));
    worker.on('exit', () => {
      this.#workers.splice(this.#workers.indexOf(worker), 1);
      finish((job) => job.reject(new Error('a thread that unpacks has ended')));
    });
    return worker;
  }
}

function nodeOf(entry: UnpackedEntry, pack: string): FileNode {
  const { mode, uid, gid, time, offset, bytes, target, major, minor } = entry;
  const owned = { mode, uid, gid, time };
  switch (entry.kind) {
    case 'file':
      return { ...owned, kind: 'file', data: { pack, offset, bytes } };
    case 'link':
      return { ...owned, kind: 'link', target };
    case 'character':
    case 'block':
      return { ...owned, kind: entry.kind, major, minor };
    case 'folder':
    case 'fifo':
      return { ...owned, kind: entry.kind };
    case 'hard-link':
      throw new TypeError('a hard link is no node of its own');
  }
}
