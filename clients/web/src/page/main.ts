/** The page around the screen: connects, asks for the password, tries again, and tells how things stand. */
import '../screen/saffron-screen.ts';
import { SaffronScreen, type SaffronScreenEvents } from '../screen/saffron-screen.ts';
import { downloadConnectionFile } from './connection-file.ts';
import { byId } from './elements.ts';
import { takeFragmentSecret } from './fragment-secret.ts';
import { GuestClipboard } from './guest-clipboard.ts';
import { Notice } from './notice.ts';
import { PasswordDialog } from './password-dialog.ts';
import { Reconnect } from './reconnect.ts';
import { StatsPanel } from './stats-panel.ts';
import { Toolbar } from './toolbar.ts';

/** The server's WebSocket on the page's own address. */
const SPICE_PATH = 'spice';

const screen = byId('screen', SaffronScreen);
const notice = new Notice();
const stats = new StatsPanel(screen);
const toolbar = new Toolbar(screen, {
  toggleConnection,
  showStats: (isShown) => stats.show(isShown),
  openViewer: () => void openViewer(),
  showHead,
});
const clipboard = new GuestClipboard();
const reconnect = new Reconnect(
  connect,
  (callback, delayMs) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
  () => Math.random(),
);
const passwordDialog = new PasswordDialog(
  (password) => {
    screen.password = password;
    connect();
  },
  () => notice.show('Not connected.', 'A password is needed.', 'Connect', connect),
);

screen.src = SPICE_PATH;
screen.password =
  takeFragmentSecret({
    hash: location.hash,
    replace: (hash) => history.replaceState(history.state, '', `${location.pathname}${location.search}${hash}`),
  }) ?? '';
const asked = new URLSearchParams(location.search);
screen.viewOnly = asked.has('view-only');
screen.head = Number(asked.get('screen') ?? 1) - 1;

on('connect', () => {
  reconnect.succeeded();
  notice.hide('Connected.');
  toolbar.setConnected(true);
  // Nobody has used the keyboard to come here: no ring around the picture, where the browser can leave it out.
  screen.focus({ focusVisible: false } as FocusOptions);
});
on('disconnect', ({ code, message }) => {
  toolbar.setConnected(false);
  if (code === 'insecure' || code === 'refused') {
    notice.show('Not connected.', message, 'Try again', connect);
    return;
  }
  const seconds = Math.max(1, Math.round(reconnect.lost() / 1000));
  const detail = `Trying again in ${seconds} ${seconds === 1 ? 'second' : 'seconds'}.`;
  notice.showWaiting(message, detail, 'Try now', () => reconnect.hurry());
});
on('authrequired', ({ isRetry }) => {
  reconnect.stop();
  toolbar.setConnected(false);
  notice.hide('A password is needed.');
  passwordDialog.ask(isRetry);
});
on('guestname', ({ name }) => {
  if (name === '') return;
  document.title = name;
  toolbar.setGuestName(name);
});
on('guestcopy', ({ text }) => clipboard.put(text));
on('release', () => toolbar.focus());

addEventListener('online', () => reconnect.hurry());
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') reconnect.hurry();
});

connect();

function connect(): void {
  reconnect.stop();
  notice.showWaiting('Connecting…', '');
  toolbar.setConnected(false);
  screen.connect();
}

function showHead(head: number): void {
  asked.set('screen', String(head + 1));
  history.replaceState(history.state, '', `${location.pathname}?${asked}`);
  screen.head = head;
  connect();
}

function toggleConnection(): void {
  if (screen.connectionState !== 'connected') {
    connect();
    return;
  }
  screen.disconnect();
  toolbar.setConnected(false);
  notice.show('Disconnected.', '', 'Connect', connect);
}

async function openViewer(): Promise<void> {
  try {
    await downloadConnectionFile(screen.password);
  } catch (error) {
    notice.show('No file for remote-viewer.', error instanceof Error ? error.message : String(error), 'Close', () =>
      notice.hide(''),
    );
  }
}

function on<K extends keyof SaffronScreenEvents>(type: K, listener: (detail: SaffronScreenEvents[K]) => void): void {
  screen.addEventListener(type, (event) => listener((event as CustomEvent<SaffronScreenEvents[K]>).detail));
}
