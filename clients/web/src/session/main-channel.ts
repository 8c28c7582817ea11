/**
 * The main channel: who the guest is, which other channels there are, whose pointer is the true one, and the bytes of the
 * guest's agent.
 */
import { ChannelType } from '../../../../src/spice/wire/link.gen.ts';
import {
  dispatchMainServer,
  MainCap,
  mainClient,
  MouseMode,
  type ChannelId,
  type MainInit,
  type mainServer,
} from '../../../../src/spice/wire/main.gen.ts';
import type { Handlers } from '../../../../src/wire/codec.ts';
import { Agent, type AgentListener } from './agent.ts';
import { openChannel, type Channel, type Connect } from './channel.ts';
import { SessionError } from './session-error.ts';

/** Largest message on main that makes sense; the server's test of the line is a quarter of a mebibyte. */
const MAX_BODY_BYTES = 1 << 22;

/** Told what the server says on main. */
export interface MainListener extends AgentListener {
  guestName(name: string): void;
  /** True: places are sent (client mode); false: motions (server mode). */
  pointerMode(isAbsolute: boolean): void;
  end(error: SessionError): void;
}

/** A running main channel. */
export interface MainChannel {
  /** Names the session: all other channels give it. */
  readonly connectionId: number;
  readonly channels: readonly ChannelId[];
  readonly agent: Agent;
  readonly channel: Channel;
}

/** Opens the main channel; resolves when the server has told the session and its channels. */
export async function openMainChannel(
  connect: Connect,
  password: string,
  listener: MainListener,
): Promise<MainChannel> {
  const channel = await openChannel(
    connect,
    {
      connectionId: 0,
      channelType: ChannelType.main,
      channelId: 0,
      channelCaps: [MainCap.nameAndUuid, MainCap.agentConnectedTokens],
      password,
    },
    { maxBodyBytes: MAX_BODY_BYTES, takesAtOnce: true },
  );
  return new Promise((resolve, reject) => {
    let init: MainInit | null = null;
    let isOpen = false;
    const agent = new Agent(channel, listener);

    const handlers: Handlers<typeof mainServer> = {
      ...channel.commonHandlers,
      init: (message) => {
        if (init !== null) throw new SessionError('protocol', 'The server told the session twice.');
        init = message;
        channel.send(mainClient.attachChannels, {});
        setPointerMode(message.supportedMouseModes, message.currentMouseMode);
        agent.addTokens(message.agentTokens);
        if (message.agentConnected) agent.connected();
      },
      channelsList: ({ channels }) => {
        if (init === null) throw new SessionError('protocol', 'The server listed channels before the session.');
        isOpen = true;
        resolve({ connectionId: init.sessionId, channels, agent, channel });
      },
      mouseMode: ({ supportedModes, currentMode }) => setPointerMode(supportedModes, currentMode),
      multiMediaTime: () => {},
      agentConnected: () => agent.connected(),
      agentConnectedTokens: ({ tokens }) => {
        agent.setTokens(tokens);
        agent.connected();
      },
      agentDisconnected: () => agent.disconnected(),
      agentData: ({ data }) => agent.receive(data),
      agentToken: ({ tokens }) => agent.addTokens(tokens),
      name: ({ name }) => listener.guestName(new TextDecoder().decode(name).replace(/\0.*$/s, '')),
      uuid: () => {},
      // Migration is not among our capabilities; a server that does it regardless is about to close.
      migrateBegin: () => {},
      migrateCancel: () => {},
      migrateSwitchHost: () => {},
      migrateEnd: () => {},
      migrateBeginSeamless: () => {},
      migrateDstSeamlessAck: () => {},
      migrateDstSeamlessNack: () => {},
    };

    function setPointerMode(supported: number, current: MouseMode): void {
      if ((supported & MouseMode.client) !== 0 && current !== MouseMode.client) {
        channel.send(mainClient.mouseModeRequest, { mode: MouseMode.client });
      }
      listener.pointerMode(current === MouseMode.client);
    }

    channel.start({
      dispatch: (type, reader) => dispatchMainServer(type, reader, handlers),
      end: (error) => (isOpen ? listener.end(error) : reject(error)),
    });
  });
}
