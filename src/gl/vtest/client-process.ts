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
import { messageOf } from '../../base/errors.ts';
import { WorkPace } from '../core/work-pace.ts';
import { MemoryLedger } from '../process/memory-ledger.ts';
import { ProgressPage } from '../process/progress-page.ts';
import { end, runRenderProgram, tell } from '../process/render-program.ts';
import { ClientSocket } from './client-socket.ts';
import { CONTROL_FD, LEDGER_FD, PROGRESS_FD } from './client-fds.ts';
import { playClient } from './played-client.ts';
import { VtestSession } from './vtest-session.ts';

runRenderProgram({
  play: playClient,
  serve({ display, createRenderer, limits, log }) {
    const progress = ProgressPage.map(PROGRESS_FD);
    const service = { isTaken: false };

    const begin = (fd: number): void => {
      service.isTaken = true;
      const pace = new WorkPace(limits);
      const onProgress = (): void => {
        progress.enter();
        pace.step();
      };
      const renderer = createRenderer(onProgress, MemoryLedger.map(LEDGER_FD).shareOf(progress));
      const rest = (): number => {
        if (pace.isTimed) renderer.finish();
        return pace.end();
      };
      const socket = new ClientSocket(fd, progress, { begin: () => pace.begin(), end: rest }, (error) => {
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

    const control = watchFd(CONTROL_FD, { readable: true }, () => {
      const fds: number[] = [];
      const count = receiveMessage(CONTROL_FD, new Uint8Array(1), fds);
      if (count === WOULD_BLOCK) return;
      control.close();
      closeFd(CONTROL_FD);
      const [fd, ...others] = fds;
      for (const other of others) closeFd(other);
      if (fd === undefined) process.exit(0);
      else begin(fd);
    });
    return service;
  },
});
