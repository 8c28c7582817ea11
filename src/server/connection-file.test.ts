import { describe, expect, it } from 'vitest';
import { printConnectionFile } from './connection-file.ts';

describe('connection file', () => {
  it('names address, ticket and authority in the form remote-viewer reads', () => {
    const text = printConnectionFile({ title: 'desk', host: 'h.example', tlsPort: 5901, password: 'p', ca: 'A\nB\n' });
    expect(text.split('\n')).toEqual([
      '[virt-viewer]',
      'type=spice',
      'title=desk',
      'host=h.example',
      'tls-port=5901',
      'password=p',
      'ca=A\\nB\\n',
      'delete-this-file=1',
      'secure-attention=ctrl+alt+end',
      '',
    ]);
  });

  it('lets no value start a line of its own', () => {
    const text = printConnectionFile({ title: 'a\r\nproxy=evil\\n', host: ' h', port: 1 });
    expect(text.split('\n').filter((line) => line.startsWith('proxy'))).toEqual([]);
    expect(text).toContain('title=a\\r\\nproxy=evil\\\\n');
    expect(text).toContain('host=\\sh');
  });
});
