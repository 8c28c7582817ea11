/** The GPU process of one guest: carries out what comes through its ring until the thread above is gone. */
// First: it must come before any native library.
import '../egl/native-stack.ts';
import { watchFd } from '../../base/native/poll.ts';
import { WorkPace } from '../core/work-pace.ts';
import { OrderSink } from './order-channel.ts';
import { OrderExecutor } from './order-executor.ts';
import { runRenderProgram } from './render-program.ts';

runRenderProgram({
  serve({ createRenderer, limits, log }) {
    const sink = new OrderSink();
    const executor = new OrderExecutor(sink, createRenderer, new WorkPace(limits), log);
    const service = { isTaken: false };
    watchFd(sink.bell.fd, { readable: true }, () => {
      service.isTaken = true;
      if (sink.bell.take()) executor.run();
    });
    executor.run();
    return service;
  },
});
