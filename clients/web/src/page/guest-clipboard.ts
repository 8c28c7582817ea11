/**
 * Puts text that was copied in the guest into the clipboard of the user's system. Browsers allow that while the page has the
 * focus, some only for a few seconds after a key or a click: text that they refuse is put there with the next.
 */
export class GuestClipboard {
  #text: string | null = null;

  constructor() {
    for (const type of ['focus', 'keydown', 'pointerup']) {
      addEventListener(type, () => void this.#write(), { capture: true });
    }
  }

  /** Takes the newest text. */
  put(text: string): void {
    this.#text = text;
    void this.#write();
  }

  async #write(): Promise<void> {
    const text = this.#text;
    if (text === null) return;
    this.#text = null;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      this.#text ??= text;
    }
  }
}
