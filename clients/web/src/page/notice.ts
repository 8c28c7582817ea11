/** The card in the middle that tells how the connection stands, also to those who listen. */
import { byId } from './elements.ts';

export class Notice {
  readonly #card = byId('notice', HTMLElement);
  readonly #text = byId('notice-text', HTMLElement);
  readonly #detail = byId('notice-detail', HTMLElement);
  readonly #spinner = byId('spinner', HTMLElement);
  readonly #button = byId('notice-button', HTMLButtonElement);
  readonly #announcement = byId('announcement', HTMLElement);
  #act: (() => void) | null = null;

  constructor() {
    this.#button.addEventListener('click', () => this.#act?.());
  }

  /** A state that stays until somebody acts. */
  show(text: string, detail: string, label: string, act: () => void): void {
    this.#put(text, detail, false);
    this.#offer(label, act);
  }

  /** A state that changes by itself; the button, if there is one, makes it change now. */
  showWaiting(text: string, detail: string, label?: string, act?: () => void): void {
    this.#put(text, detail, true);
    if (label !== undefined && act !== undefined) this.#offer(label, act);
    else this.#button.hidden = true;
  }

  /** Nothing to tell; `announcement` is for those who listen. */
  hide(announcement: string): void {
    this.#card.hidden = true;
    this.#announcement.textContent = announcement;
  }

  #put(text: string, detail: string, isWaiting: boolean): void {
    this.#card.hidden = false;
    this.#text.textContent = text;
    this.#detail.textContent = detail;
    this.#spinner.hidden = !isWaiting;
    this.#announcement.textContent = `${text} ${detail}`.trim();
  }

  #offer(label: string, act: () => void): void {
    this.#button.hidden = false;
    this.#button.textContent = label;
    this.#act = act;
  }
}
