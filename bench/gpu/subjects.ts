/** What is measured: `saffron gpu` and, as peer, virglrenderer's own server, both on Mesa's llvmpipe. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { cpuSince, processCpuTime, processTree, type CpuTime } from '../cpu-time.ts';
import { pollUntil } from '../../tests/clients/poll-until.ts';
import { RunningProgram } from '../../tests/clients/running-program.ts';

/** Names as in the results. */
export type SubjectName = 'saffron' | 'virgl-server';

/** One running server. Without clients it takes no processor time. */
export interface Subject extends AsyncDisposable {
  readonly name: SubjectName;
  readonly pid: number;
  /** Holds the socket under the one name that older Mesas know: `.virgl_test`. */
  readonly folder: string;
  readonly socket: string;
}

const SAFFRON = fileURLToPath(new URL('../../bin/saffron.js', import.meta.url));
const START_MS = 30_000;
/** Threads of llvmpipe that fill pixels: the work that both servers give to the same driver. */
const RASTER_THREAD = /^llvmpipe-\d+/;

/** What servers do with shaders that were compiled: `shared` by all their clients, in an empty folder; `none` are kept. */
export type ShaderCache = 'shared' | 'none' | 'usual';

/** Starts one, with more in its environment, and waits until it listens. */
export async function startSubject(
  name: SubjectName,
  more: Readonly<Record<string, string>> = {},
  shaderCache: ShaderCache = 'usual',
): Promise<Subject> {
  const folder = await mkdtemp(join(tmpdir(), 'gpu-bench-'));
  const socket = join(folder, '.virgl_test');
  const shaders = join(folder, 'shaders');
  const caching = shaderCache === 'none' ? { MESA_SHADER_CACHE_DISABLE: 'true' } : {};
  const server =
    name === 'saffron'
      ? new RunningProgram(process.execPath, [SAFFRON, ...saffronWords(socket, shaderCache === 'shared', shaders)], {
          env: { ...caching, ...more },
        })
      : new RunningProgram('virgl_test_server', ['--use-egl-surfaceless', `--socket-path=${socket}`], {
          env: {
            LIBGL_ALWAYS_SOFTWARE: '1',
            EGL_PLATFORM: 'surfaceless',
            ...caching,
            ...(shaderCache === 'shared' ? { MESA_SHADER_CACHE_DIR: shaders } : {}),
            ...more,
          },
        });
  const dispose = async (): Promise<void> => {
    if (name === 'virgl-server') await endSessions(server.pid);
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await pollUntil(`${name} to listen`, { timeoutMs: START_MS }, async () => {
      if (server.hasEnded) throw server.failure('ended before it listened');
      return (await isListening(socket)) ? true : null;
    });
  } catch (error) {
    await dispose();
    throw error;
  }
  return { name, pid: server.pid, folder, socket, [Symbol.asyncDispose]: dispose };
}

function saffronWords(socket: string, isShared: boolean, shaders: string): string[] {
  const words = ['gpu', '--socket', socket, '--render-node', 'software'];
  return isShared ? [...words, '--shader-cache', shaders] : words;
}

/** Processor time so far of a subject's processes by their numbers, of their raster threads apart. */
export async function cpuByProcess(subject: Subject): Promise<ReadonlyMap<number, CpuTime>> {
  const times = new Map<number, CpuTime>();
  for (const pid of await processTree(subject.pid)) times.set(pid, await processCpuTime(pid, RASTER_THREAD));
  return times;
}

/**
 * What the process took meanwhile that served the only client: the one whose raster threads worked most. What a server does
 * for its next client, or leaves undone until it comes, is no matter of frames.
 */
export function servingSince(before: ReadonlyMap<number, CpuTime>, after: ReadonlyMap<number, CpuTime>): CpuTime {
  const none = { serverMs: 0, ownMs: 0, apartMs: 0 };
  const taken = [...after].map(([pid, time]) => cpuSince(before.get(pid) ?? none, time));
  const [busiest] = taken.toSorted((a, b) => b.apartMs - a.apartMs);
  return busiest ?? none;
}

/** virgl_test_server has a process for each program, which outlives it when the driver hangs, and holds what it writes to. */
async function endSessions(server: number): Promise<void> {
  for (const pid of await processTree(server)) if (pid !== server) signal(pid);
}

function signal(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    // It has ended meanwhile.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/** Asks the kernel, since a connection would be a client. */
async function isListening(socket: string): Promise<boolean> {
  const lines = (await readFile('/proc/net/unix', 'utf8')).split('\n');
  return lines.some((line) => line.endsWith(` ${socket}`) && line.split(/\s+/)[3] === ACCEPTS);
}

/** The kernel's flag of sockets that listen (SO_ACCEPTCON). */
const ACCEPTS = '00010000';
