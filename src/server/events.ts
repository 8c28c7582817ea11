/**
 * What the program tells while a guest runs: JSON lines on stdout with `--json`, a few lines for people otherwise.
 * Progress and the log go to stderr in both cases.
 */
import process from 'node:process';

/** An address for viewers and the way to use it. */
export interface ReadyEvent {
  readonly event: 'ready';
  readonly name: string;
  /** Address of the page; null when there is none. */
  readonly web: string | null;
  /** Listening URIs with their real ports. */
  readonly spice: readonly string[];
  /** SHA-256 of the certificate; null when no listener uses TLS. */
  readonly fingerprint: string | null;
  /** File for --spice-ca-file; null when programs know the certificate's authority. */
  readonly ca: string | null;
  /** The password when it was made here; null when the user knows it or none is wanted. */
  readonly password: string | null;
}

/** Everything that is told. */
export type ServerEvent =
  | { readonly event: 'starting'; readonly name: string }
  | ReadyEvent
  | {
      readonly event: 'viewer';
      readonly change: 'connected' | 'disconnected';
      readonly id: number;
      readonly address: string;
      readonly transport: string;
      readonly viewOnly: boolean;
      readonly reason?: string;
    }
  /**
   * `rendering`: 3D, by `renderer`; `2d`, for a `reason`; `restarted`: who rendered failed for a `reason`; `quota`: the guest
   * was refused more than it may have, told at most once a second.
   */
  | {
      readonly event: 'gpu';
      readonly change: 'rendering' | '2d' | 'restarted' | 'quota';
      readonly renderer?: string;
      readonly reason?: string;
      readonly milliseconds?: number;
      readonly refusals?: number;
    }
  /** `screen`: a head, counted from 0, has another size. */
  | {
      readonly event: 'guest';
      readonly state: string;
      readonly head?: number;
      readonly width?: number;
      readonly height?: number;
    }
  /** With --icount `run` tells what the guest has come to when it ended by itself. */
  | {
      readonly event: 'stopped';
      readonly reason: string;
      readonly message: string;
      readonly run?: { readonly instructions: number; readonly digest: string };
    };

/** Prints events. */
export function eventPrinter(
  isJson: boolean,
  write: (text: string) => void = (text) => void process.stdout.write(text),
): (event: ServerEvent) => void {
  let isReady = false;
  return (event) => {
    isReady ||= event.event === 'ready';
    const text = isJson ? `${JSON.stringify(event)}\n` : forPeople(event, isReady);
    if (text !== '') write(text);
  };
}

function forPeople(event: ServerEvent, isReady: boolean): string {
  switch (event.event) {
    case 'starting':
      return '';
    case 'ready':
      return readyText(event);
    case 'viewer': {
      const who = `${event.viewOnly ? 'A watcher' : 'A viewer'} (${event.transport}${event.address === '' ? '' : `, ${event.address}`})`;
      return event.change === 'connected'
        ? `${who} is here.\n`
        : `${who} has left${event.reason === undefined ? '' : `: ${event.reason}`}.\n`;
    }
    case 'gpu':
      switch (event.change) {
        case 'rendering':
          return `The guest's 3D is rendered by ${event.renderer ?? ''}.\n`;
        case '2d':
          return `The guest gets no 3D: ${event.reason ?? ''}\n`;
        case 'restarted':
          return `What renders the guest's 3D was started again, for it ${event.reason ?? ''}.\n`;
        case 'quota':
          return `The guest wants more of the GPU than it may have: ${event.reason ?? ''}.\n`;
      }
    case 'guest':
      // That it runs at first is what "ready" tells.
      return event.state === 'screen' || !isReady ? '' : `The guest is ${event.state}.\n`;
    case 'stopped':
      return event.run === undefined
        ? `${event.message}\n`
        : `${event.message}\n${event.run.instructions} instructions, digest ${event.run.digest}\n`;
  }
}

function readyText(event: ReadyEvent): string {
  const rows: [string, string][] = [];
  if (event.web !== null) rows.push(['In the browser', event.web]);
  for (const uri of event.spice) rows.push(['In remote-viewer', remoteViewerCommand(uri, event.ca)]);
  if (event.password !== null) rows.push(['Password', event.password]);
  if (event.fingerprint !== null) rows.push(['Certificate', `SHA-256 ${event.fingerprint}`]);
  rows.push(['To end', `Ctrl-C, or: saffron powerdown ${event.name}`]);
  const width = Math.max(...rows.map(([label]) => label.length)) + 3;
  let last = '';
  const lines = rows.map(([label, text]) => {
    const shown = label === last ? '' : label;
    last = label;
    return `  ${shown.padEnd(width)}${text}`;
  });
  return `\nThe guest "${event.name}" runs.\n\n${lines.join('\n')}\n\n`;
}

/** The command that opens a listener in remote-viewer, ready to paste. */
export function remoteViewerCommand(uri: string, ca: string | null): string {
  const [, scheme = '', rest = ''] = /^(\w+):(.*?)(?:\?.*)?$/.exec(uri) ?? [];
  if (scheme === 'unix') return `remote-viewer ${quoted(`spice+unix://${rest}`)}`;
  const host = rest.replace(/:\d+$/, '').replace(/^(0\.0\.0\.0|\[::\])$/, 'localhost');
  const port = /:(\d+)$/.exec(rest)?.[1] ?? '';
  if (scheme === 'tcp') return `remote-viewer ${quoted(`spice://${host}:${port}`)}`;
  return `remote-viewer ${ca === null ? '' : `--spice-ca-file=${quoted(ca)} `}${quoted(`spice://${host}?tls-port=${port}`)}`;
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
