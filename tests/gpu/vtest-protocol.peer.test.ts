/** Holds the contract against virgl_test_server, whose behaviour it is, and Saffron's server to the same. */
import { startSubject } from '../../bench/gpu/subjects.ts';
import { connectTo } from './raw-vtest-client.ts';
import { runVtestProtocol } from './vtest-protocol.contract.ts';

for (const name of ['virgl-server', 'saffron'] as const) {
  runVtestProtocol(name, async () => {
    const { socket, [Symbol.asyncDispose]: dispose } = await startSubject(name);
    return { connect: () => connectTo(socket), [Symbol.asyncDispose]: dispose };
  });
}
