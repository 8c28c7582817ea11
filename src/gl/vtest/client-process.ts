/**
 * The GPU process of one client of `saffron gpu`: opens the device while nobody waits, takes over the client's socket, serves
 * it to its end and ends. A driver that crashes or hangs takes nothing else along.
 */
// First: it must come before any native library.
import '../egl/native-stack.ts';
import process from 'node:process';
import { closeFd } from '../../base/native/fd.ts';
import { watchFd } from '../../base/native/poll.ts';
import { receiveMessage, WOULD_BLOCK } from '../../base/native/socket.ts';
import { HostError, messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import { readCapabilities } from '../egl/capabilities.ts';
import { GlDisplay } from '../egl/display.ts';
import { probeDeviceFormats } from '../virgl/device-formats.ts';
import { VirglRenderer } from '../virgl/renderer.ts';
import type { ClientProcessMessage, ClientProcessOptions, LogLevelName } from './client-messages.ts';
import { ClientSocket } from './client-socket.ts';
import { ProgressPage } from './progress-page.ts';
import { VtestSession } from './vtest-session.ts';

function tell(message: ClientProcessMessage, then?: () => void): void {
  process.send?.(message, undefined, undefined, then);
}

function logger(isDebug: boolean): Logger {
  const line =
    (level: LogLevelName) =>
    (message: string, fields: Readonly<Record<string, unknown>> = {}): void => {
      if (level !== 'debug' || isDebug) tell({ kind: 'log', level, message, fields });
    };
  const log: Logger = {
    debug: line('debug'),
    info: line('info'),
    warn: line('warn'),
    error: line('error'),
    child: () => log,
  };
  return log;
}

/** Ends the process, with its last word said. */
function end(message: ClientProcessMessage, code: number): void {
  if (process.connected) tell(message, () => process.exit(code));
  else process.exit(code);
}

function serve(options: ClientProcessOptions): void {
  const display = GlDisplay.open({ renderNode: options.renderNode });
  const first = display.createContext();
  first.makeCurrent();
  const capabilities = readCapabilities(display.gl);
  const formats = probeDeviceFormats(display.gl, capabilities);
  first.close();
  const log = logger(options.logLevel === 'debug');
  const progress = ProgressPage.map(options.progressFd);
  tell({ kind: 'ready', renderer: capabilities.renderer, version: capabilities.versionText });

  const begin = (fd: number): void => {
    const renderer = new VirglRenderer({ device: display, capabilities, formats, limits: options.limits, log });
    const socket = new ClientSocket(fd, progress, (error) => {
      const reason = error === null ? 'closed' : messageOf(error);
      progress.enter();
      session.close();
      renderer.close();
      display.close();
      end({ kind: 'end', reason }, error === null ? 0 : 1);
    });
    const session = new VtestSession(renderer, socket, log, {
      onClient: (name) => tell({ kind: 'client', name, protocol: session.version }),
    });
    socket.start(session);
  };

  const control = watchFd(options.controlFd, { readable: true }, () => {
    const fds: number[] = [];
    const count = receiveMessage(options.controlFd, new Uint8Array(1), fds);
    if (count === WOULD_BLOCK) return;
    control.close();
    closeFd(options.controlFd);
    const [fd, ...others] = fds;
    for (const other of others) closeFd(other);
    if (fd === undefined) process.exit(0);
    else begin(fd);
  });
}

process.on('disconnect', () => process.exit(0));
// A signal for the whole group of processes is the server's to act on.
process.on('SIGINT', () => {});
try {
  serve(JSON.parse(process.argv[2] ?? '{}') as ClientProcessOptions);
} catch (error) {
  const code = error instanceof HostError ? error.code : 'UNEXPECTED';
  end({ kind: 'failed', code, message: messageOf(error) }, 1);
}
