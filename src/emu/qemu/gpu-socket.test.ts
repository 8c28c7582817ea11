import { expect, test } from 'vitest';
import { closeFd } from '../../base/native/fd.ts';
import { receiveMessage, socketPair } from '../../base/native/socket.ts';
import { GpuSocket } from './gpu-socket.ts';

test('a size is announced, and one pixel makes it QEMU’s own', () => {
  const [ours, theirs] = socketPair();
  const socket = new GpuSocket(ours);
  socket.tellScanout(1, 1280, 800);
  const bytes = Buffer.alloc(100);
  const count = receiveMessage(theirs, bytes, []);
  expect(bytes.toString('hex', 0, count)).toBe(
    '07000000 00000000 0c000000 01000000 00050000 20030000'.replaceAll(' ', '') +
      '08000000 00000000 18000000 01000000 00000000 00000000 01000000 01000000 00000000'.replaceAll(' ', ''),
  );
  socket.close();
  closeFd(theirs);
});

test('QEMU that is gone does no harm', () => {
  const [ours, theirs] = socketPair();
  const socket = new GpuSocket(ours);
  closeFd(theirs);
  socket.tellScanout(0, 640, 480);
  socket.tellScanout(0, 640, 480);
  socket.close();
});
