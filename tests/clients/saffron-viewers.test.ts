/** Saffron's picture in the programs that people use. */
import { SaffronServer } from './saffron-server.ts';
import { describeViewers } from './viewers.contract.ts';

describeViewers({
  name: 'Saffron',
  start: (program, transports, origin) =>
    SaffronServer.start({ program, transports, args: origin === undefined ? [] : ['--origin', origin] }),
});
