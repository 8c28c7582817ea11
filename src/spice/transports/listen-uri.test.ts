import { describe, expect, test } from 'vitest';
import { UsageError } from '../../base/errors.ts';
import { parseListenUri, printListenUri } from './listen-uri.ts';

describe('addresses', () => {
  test.each([
    ['unix:/run/vm.sock', { kind: 'unix', path: '/run/vm.sock', isViewOnly: false }],
    ['unix:vm.sock?view-only', { kind: 'unix', path: 'vm.sock', isViewOnly: true }],
    ['tcp:127.0.0.1:5900', { kind: 'tcp', host: '127.0.0.1', port: 5900, isViewOnly: false }],
    ['tcp:localhost:0', { kind: 'tcp', host: 'localhost', port: 0, isViewOnly: false }],
    ['tls:[::1]:5901?view-only', { kind: 'tls', host: '::1', port: 5901, isViewOnly: true }],
  ])('%s is read, and printed as it was', (text, address) => {
    expect(parseListenUri(text)).toEqual(address);
    expect(printListenUri(parseListenUri(text))).toBe(text);
  });

  test.each([
    ['', /no SPICE address/],
    ['spice://host:5900', /no SPICE address/],
    ['/run/vm.sock', /no SPICE address/],
    ['tcp', /lacks :HOST:PORT/],
    ['unix', /lacks :PATH/],
    ['unix:', /lacks the path/],
    [`unix:/${'x'.repeat(107)}`, /108 bytes/],
    ['tcp:5900', /write tcp:HOST:PORT/],
    ['tcp::5900', /lacks the host/],
    ['tcp:::1:5900', /without brackets/],
    ['tcp:host:65536', /port/],
    ['tcp:host:', /port/],
    ['tcp:host:5900x', /port/],
    ['tls:host:1?viewonly', /unknown option/],
  ])('%j is refused in one sentence', (text, reason) => {
    expect(() => parseListenUri(text)).toThrow(UsageError);
    expect(() => parseListenUri(text)).toThrow(reason);
  });
});
