import { describe, expect, it } from 'vitest';
import { eventPrinter, remoteViewerCommand, type ReadyEvent } from './events.ts';

const ready: ReadyEvent = {
  event: 'ready',
  name: 'desk',
  web: 'https://localhost:8443/',
  spice: ['unix:/run/user/1/saffron/desk.sock', 'tls:localhost:5901'],
  fingerprint: 'AB:CD',
  ca: '/home/me/my certificate.pem',
  password: 'abcd-efgh',
};

describe('events', () => {
  it('are one JSON object a line with --json', () => {
    const lines: string[] = [];
    const tell = eventPrinter(true, (text) => lines.push(text));
    tell(ready);
    tell({ event: 'stopped', reason: 'powerdown', message: 'The guest has shut down.' });
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      ready,
      { event: 'stopped', reason: 'powerdown', message: 'The guest has shut down.' },
    ]);
    expect(lines.every((line) => line.endsWith('\n') && line.indexOf('\n') === line.length - 1)).toBe(true);
  });

  it('give people the page, commands to paste and the password', () => {
    let text = '';
    eventPrinter(false, (more) => {
      text += more;
    })(ready);
    expect(text).toContain('https://localhost:8443/');
    expect(text).toContain('remote-viewer spice+unix:///run/user/1/saffron/desk.sock');
    expect(text).toContain(
      "remote-viewer --spice-ca-file='/home/me/my certificate.pem' 'spice://localhost?tls-port=5901'",
    );
    expect(text).toContain('abcd-efgh');
  });

  it.each([
    ['tcp:0.0.0.0:5900', null, 'remote-viewer spice://localhost:5900'],
    ['tcp:[::1]:5900?view-only', null, "remote-viewer 'spice://[::1]:5900'"],
    ['tls:desk.example:5901', null, "remote-viewer 'spice://desk.example?tls-port=5901'"],
    ["unix:/tmp/it's", null, "remote-viewer 'spice+unix:///tmp/it'\\''s'"],
  ])('turn %s into a command', (uri, ca, command) => {
    expect(remoteViewerCommand(uri, ca)).toBe(command);
  });
});
