/** What draws for the programs of the tests: a server behind Mesa's virpipe driver, or Mesa's llvmpipe in the program itself. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSubject } from '../../bench/gpu/subjects.ts';

/** `saffron`, the server it stands in for, and the driver that both draw with, without a server. */
export type RendererName = 'saffron' | 'virgl-server' | 'llvmpipe';

/** One that runs now. */
export interface Renderer extends AsyncDisposable {
  readonly name: RendererName;
  /** The environment that leads a program to it. */
  readonly env: Readonly<Record<string, string>>;
}

const SOFTWARE = { LIBGL_ALWAYS_SOFTWARE: '1' };

/** What Mesa is told so that it has OpenGL ES as ever, and an OpenGL too old to be used. */
export const WITHOUT_OPENGL = { MESA_GL_VERSION_OVERRIDE: '2.1' } as const;

/**
 * Starts one; `mesa` is the folder of another Mesa than the system's for the programs, as its packages unpack, and `device`
 * is the environment of the server alone. Throws an Error when its server does not start or the preloaded part cannot be
 * compiled.
 */
export async function startRenderer(
  name: RendererName,
  mesa: string | null = null,
  device: Readonly<Record<string, string>> = {},
): Promise<Renderer> {
  const client = { ...SOFTWARE, ...(mesa === null ? {} : mesaIn(mesa)) };
  if (name === 'llvmpipe') {
    return { name, env: { ...client, GALLIUM_DRIVER: 'llvmpipe' }, [Symbol.asyncDispose]: async () => {} };
  }
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'virpipe-'));
  stack.defer(async () => rm(folder, { recursive: true, force: true }));
  const library = join(folder, 'connect-elsewhere.so');
  const source = join(import.meta.dirname, 'connect-elsewhere.c');
  execFileSync('gcc', ['-shared', '-fPIC', '-O2', '-o', library, source, '-ldl']);
  const subject = stack.use(await startSubject(name, device));
  const owned = stack.move();
  return {
    name,
    env: { ...client, GALLIUM_DRIVER: 'virpipe', LD_PRELOAD: library, VTEST_SOCKET_NAME: subject.socket },
    [Symbol.asyncDispose]: async () => owned.disposeAsync(),
  };
}

function mesaIn(folder: string): Readonly<Record<string, string>> {
  const libraries = join(folder, 'usr/lib/x86_64-linux-gnu');
  return {
    LD_LIBRARY_PATH: libraries,
    LIBGL_DRIVERS_PATH: join(libraries, 'dri'),
    GBM_BACKENDS_PATH: join(libraries, 'gbm'),
    __EGL_VENDOR_LIBRARY_FILENAMES: join(folder, 'usr/share/glvnd/egl_vendor.d/50_mesa.json'),
  };
}
