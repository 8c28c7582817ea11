import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLogger } from '../base/log.ts';
import { keptCertificate, type Certificate } from './certificate.ts';
import { startWebServer, urlHost, type WebServer, type WebServerOptions } from './web-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'saffron-web-'));
let certificate: Certificate;
beforeAll(async () => {
  certificate = await keptCertificate(join(folder, 'tls'));
  mkdirSync(join(folder, 'page', 'assets'), { recursive: true });
  writeFileSync(join(folder, 'page', 'index.html'), '<!doctype html><title>page</title>');
  writeFileSync(join(folder, 'page', 'assets', 'main-AbCdEf12.js'), 'export {}');
  writeFileSync(join(folder, 'secret'), 'not for the web');
});
afterAll(() => rmSync(folder, { recursive: true }));

const start = (more: Partial<WebServerOptions> = {}): Promise<WebServer> =>
  startWebServer({
    host: '127.0.0.1',
    port: 0,
    certificate,
    folder: join(folder, 'page'),
    log: silentLogger,
    upgrade: (_request, socket) => socket.end('HTTP/1.1 418 upgraded\r\n\r\n'),
    connectionFile: async ({ host, password }) =>
      password === 'right' ? { kind: 'file', text: `[virt-viewer]\nhost=${host}\n` } : { kind: 'refused' },
    ...more,
  });

interface Answer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly text: string;
}

function get(server: WebServer, path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(
      { host: '127.0.0.1', port: server.port, path, method, headers, ca: certificate.cert, servername: 'localhost' },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
      },
    );
    asked.on('upgrade', (response, socket) => {
      socket.destroy();
      resolve({ status: response.statusCode ?? 0, headers: response.headers, text: '' });
    });
    asked.on('error', reject);
    asked.end();
  });
}

describe('web server', () => {
  it('serves the page under a strict policy, and hashed files for a year', async () => {
    await using server = await start();
    const page = await get(server, '/');
    expect(page).toMatchObject({ status: 200, text: '<!doctype html><title>page</title>' });
    expect(page.headers['content-security-policy']).toContain("default-src 'self'");
    expect(page.headers['cache-control']).toBe('no-cache');
    const script = await get(server, '/assets/main-AbCdEf12.js');
    expect(script.headers['content-type']).toContain('text/javascript');
    expect(script.headers['cache-control']).toContain('immutable');
    expect((await get(server, '/', { 'if-none-match': String(page.headers['etag']) })).status).toBe(304);
    expect((await get(server, '/', {}, 'HEAD')).text).toBe('');
  });

  it.each(['/../secret', '/%2e%2e/secret', '/..%2fsecret', '//etc/passwd', '/assets', '/nothing'])(
    'has no file %s',
    async (path) => {
      await using server = await start();
      expect((await get(server, path)).status).toBe(404);
      expect((await get(server, '/')).status).toBe(200);
    },
  );

  it('hands upgrades on /spice over, and no others', async () => {
    await using server = await start();
    const upgrade = { connection: 'upgrade', upgrade: 'websocket' };
    expect((await get(server, '/spice?x', upgrade)).status).toBe(418);
    expect((await get(server, '/other', upgrade)).status).toBe(404);
    expect((await get(server, '/', {}, 'POST')).status).toBe(405);
  });

  it('gives the file for remote-viewer to those who know the password', async () => {
    await using server = await start();
    const bearer = (password: string) => ({
      authorization: `Bearer ${Buffer.from(password).toString('base64')}`,
      host: '[::1]:8443',
    });
    expect(await get(server, '/connect.vv', bearer('right'))).toMatchObject({
      status: 200,
      text: '[virt-viewer]\nhost=::1\n',
    });
    expect((await get(server, '/connect.vv', bearer('wrong'))).status).toBe(403);
    expect((await get(server, '/connect.vv')).status).toBe(403);
    await using none = await start({ connectionFile: async () => ({ kind: 'unreachable' }) });
    expect((await get(none, '/connect.vv')).status).toBe(404);
  });

  it('says in one sentence that its address is in use, or takes the next port when it may', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as { port: number };
    await expect(start({ port })).rejects.toThrow(`127.0.0.1:${port} is in use: choose another with --web HOST:PORT.`);
    await using next = await start({ port, nextPorts: 20 });
    expect(next.port).toBeGreaterThan(port);
    await new Promise((resolve) => other.close(resolve));
  });

  it('says when the page is not built', async () => {
    await expect(start({ folder: join(folder, 'nowhere') })).rejects.toThrow('npm run build');
  });

  it('shows wildcard addresses as something a browser can open', () => {
    expect([urlHost('0.0.0.0'), urlHost('::'), urlHost('::1'), urlHost('h')]).toEqual([
      'localhost',
      'localhost',
      '[::1]',
      'h',
    ]);
  });
});
