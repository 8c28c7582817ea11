/** An X server without hardware (Xvfb), and the windows in it as pictures. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Picture } from '../guest/picture-numbers.ts';
import { readPicture } from './picture.ts';
import { pollUntil } from './poll-until.ts';
import { RunningProgram, type ProgramEnd } from './running-program.ts';

const START_MS = 120_000;

/** One X server with a home folder for the programs in it; disposing it ends them all with the server. */
export class XScreen implements AsyncDisposable {
  readonly #server: RunningProgram;
  /** Home of the programs; gone with the screen. */
  readonly folder: string;
  /** The environment that programs need to show themselves here. */
  readonly env: Readonly<Record<string, string>>;

  private constructor(server: RunningProgram, folder: string, display: string) {
    this.#server = server;
    this.folder = folder;
    this.env = {
      DISPLAY: display,
      HOME: folder,
      XDG_CONFIG_HOME: join(folder, 'config'),
      XDG_CACHE_HOME: join(folder, 'cache'),
      XDG_DATA_HOME: join(folder, 'data'),
      XDG_RUNTIME_DIR: folder,
      GSETTINGS_BACKEND: 'memory',
      GDK_BACKEND: 'x11',
      NO_AT_BRIDGE: '1',
      LC_ALL: 'C.UTF-8',
    };
  }

  /** Starts a server with a free number and one screen of this size. */
  static async start(width = 1600, height = 1100): Promise<XScreen> {
    const folder = await mkdtemp(join(tmpdir(), 'x-screen-'));
    let display = '';
    const args = ['-displayfd', '1', '-screen', '0', `${width}x${height}x24`, '-nolisten', 'tcp', '-noreset'];
    const server = new RunningProgram('Xvfb', args, { onLine: (line) => (display = `:${line.trim()}`) });
    try {
      await pollUntil('Xvfb to start', { timeoutMs: START_MS }, async () => {
        if (server.hasEnded) throw server.failure('could not start');
        return display === '' ? null : true;
      });
    } catch (error) {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
    return new XScreen(server, folder, display);
  }

  /** Starts a program on this screen. */
  run(program: string, args: readonly string[]): RunningProgram {
    return new RunningProgram(program, args, { env: this.env, cwd: this.folder });
  }

  /** The whole screen as it is now; also written as PNG to `file` if given. */
  async screenshot(file?: string): Promise<Picture> {
    const path = file ?? join(this.folder, 'screen.png');
    const end = await this.#tool('import', ['-silent', '-window', 'root', `png:${path}`]);
    if (end.status !== 0) throw this.#server.failure(`no screenshot: status ${end.status}`);
    return readPicture(await readFile(path));
  }

  /** Waits until the screen satisfies `look`, and gives what that gave. */
  async awaitPicture<T>(what: string, timeoutMs: number, look: (screen: Picture) => T | null): Promise<T> {
    return pollUntil(what, { timeoutMs, everyMs: 200 }, async () => look(await this.screenshot()));
  }

  /** Moves the pointer there and clicks. */
  async click(x: number, y: number): Promise<void> {
    await this.#tool('xdotool', ['mousemove', String(x), String(y), 'click', '1']);
  }

  /** Presses and releases keys by their X names, in the window that has the focus. */
  async keys(...names: readonly string[]): Promise<void> {
    await this.#tool('xdotool', ['key', ...names]);
  }

  /** Waits for a window of this class and gives it a size. */
  async resizeWindow(className: string, width: number, height: number): Promise<void> {
    const search = ['search', '--sync', '--onlyvisible', '--class', className];
    const tool = this.run('timeout', ['120', 'xdotool', ...search, 'windowsize', String(width), String(height)]);
    tool.closeInput();
    if ((await tool.ended).status !== 0) throw tool.failure(`no window ${className}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  async #tool(program: string, args: readonly string[]): Promise<ProgramEnd> {
    const tool = this.run(program, args);
    tool.closeInput();
    const end = await tool.ended;
    if (end.status !== 0) throw tool.failure(`failed (${args.join(' ')})`);
    return end;
  }
}
