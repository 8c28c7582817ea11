/**
 * The socket on which a vhost-user GPU may draw on QEMU's own displays (QEMU's documents, "vhost-user-gpu"). Frames do
 * not go that way; only the size of each picture is told, because QEMU takes places of the pointer in a picture of that
 * size: without it they would be as coarse as the firmware's screen.
 *
 *     0 request │ 4 flags │ 8 size of the rest │ 12 head │ scanout (7): 16 width │ 20 height
 *                                                       │ update (8): 16 x │ 20 y │ 24 width │ 28 height │ 32 pixels
 *
 * All are u32, little endian. QEMU makes the announced size its own with the first pixels that follow.
 */
import { closeFd } from '../../base/native/fd.ts';
import { sendMessage } from '../../base/native/socket.ts';

const SCANOUT = 7;
const UPDATE = 8;

export class GpuSocket {
  readonly #fd: number;
  #isOpen = true;

  /** Takes over `fd`. */
  constructor(fd: number) {
    this.#fd = fd;
  }

  /** The picture of a head has this size. Told once; if QEMU does not take it, the pointer is coarse and no more. */
  tellScanout(head: number, width: number, height: number): void {
    if (!this.#isOpen) return;
    const black = 0;
    const words = [SCANOUT, 0, 12, head, width, height, UPDATE, 0, 24, head, 0, 0, 1, 1, black];
    const message = new DataView(new ArrayBuffer(words.length * 4));
    words.forEach((word, index) => message.setUint32(index * 4, word, true));
    try {
      const count = sendMessage(this.#fd, new Uint8Array(message.buffer));
      // Half a message would spoil those that follow.
      if (count > 0 && count < message.byteLength) this.close();
    } catch {
      this.close();
    }
  }

  /** Twice is once. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    closeFd(this.#fd);
  }
}
