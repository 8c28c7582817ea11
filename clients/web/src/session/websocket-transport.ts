/** SPICE bytes in a WebSocket: subprotocol `binary`, message boundaries without meaning. Runs in pages and workers. */
import { joinBytes } from '../../../../src/wire/writer.ts';
import type { ByteTransport } from './byte-transport.ts';
import { SessionError } from './session-error.ts';

const OPEN_TIMEOUT_MS = 10_000;

/** Opens a WebSocket to `url` (ws: or wss:). Rejects with SessionError `unreachable`. */
export function openWebSocket(url: string): Promise<ByteTransport> {
  return new Promise((resolve, reject) => {
    let socket: WebSocket;
    try {
      socket = new WebSocket(url, 'binary');
    } catch (error) {
      reject(new SessionError('unreachable', `${url} is no address of a WebSocket`, { cause: error }));
      return;
    }
    socket.binaryType = 'arraybuffer';
    const fail = (): void => {
      clearTimeout(timer);
      socket.onopen = socket.onclose = null;
      socket.close();
      reject(new SessionError('unreachable', 'The server does not answer.'));
    };
    const timer = setTimeout(fail, OPEN_TIMEOUT_MS);
    socket.onclose = fail;
    socket.onopen = () => {
      clearTimeout(timer);
      resolve(wrap(socket));
    };
  });
}

function wrap(socket: WebSocket): ByteTransport {
  const transport: ByteTransport = {
    onData: null,
    onClose: null,
    get bufferedBytes() {
      return socket.bufferedAmount;
    },
    send(chunks) {
      if (socket.readyState !== WebSocket.OPEN) return;
      const only = chunks.length === 1 ? chunks[0] : undefined;
      socket.send((only ?? joinBytes(chunks)) as Uint8Array<ArrayBuffer>);
    },
    close() {
      socket.onmessage = socket.onclose = null;
      socket.close();
    },
  };
  socket.onmessage = ({ data }: MessageEvent<unknown>) => {
    if (data instanceof ArrayBuffer) transport.onData?.(new Uint8Array(data));
    else {
      const { onClose } = transport;
      transport.close();
      onClose?.('The server sent text where SPICE wants bytes.');
    }
  };
  socket.onclose = ({ reason }: CloseEvent) => transport.onClose?.(reason === '' ? 'The connection was lost.' : reason);
  return transport;
}
