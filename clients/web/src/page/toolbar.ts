/** The bar at the top: hides itself while it is not needed, and holds the menus. */
import { CHORDS, CONSOLE_CHORDS, type Chord } from '../input/chords.ts';
import type { SaffronScreen } from '../screen/saffron-screen.ts';
import { isScaleMode } from '../screen/screen-layout.ts';
import { byId } from './elements.ts';

const HIDE_AFTER_MS = 3000;
const SCALE_KEY = 'saffron-scale-mode';
const LIGHTS = [
  ['caps', 'Caps Lock'],
  ['num', 'Num Lock'],
  ['scroll', 'Scroll Lock'],
] as const;

/** What the bar asks of the page. */
export interface ToolbarOwner {
  /** The button that ends the connection, or starts it again. */
  toggleConnection(): void;
  showStats(isShown: boolean): void;
  openViewer(): void;
  /** Another of the guest's screens, from 0. */
  showHead(head: number): void;
}

export class Toolbar {
  readonly #screen: SaffronScreen;
  readonly #owner: ToolbarOwner;
  readonly #bar = byId('bar', HTMLElement);
  readonly #handle = byId('bar-handle', HTMLButtonElement);
  readonly #keysButton = byId('keys-button', HTMLButtonElement);
  readonly #fullScreen = byId('full-screen', HTMLButtonElement);
  #hideTimer: ReturnType<typeof setTimeout> | undefined;
  #hidesItself = false;

  constructor(screen: SaffronScreen, owner: ToolbarOwner) {
    this.#screen = screen;
    this.#owner = owner;
    this.#fillKeysMenu();
    this.#connectViewMenu();
    for (const name of ['keys', 'view']) {
      placeMenu(byId(`${name}-menu`, HTMLElement), byId(`${name}-button`, HTMLButtonElement));
    }
    this.#hideWhenIdle();
    byId('connection', HTMLButtonElement).addEventListener('click', () => this.#owner.toggleConnection());
    this.#fullScreen.addEventListener('click', () => void toggleFullScreen());
    document.addEventListener('fullscreenchange', () => {
      const isFull = document.fullscreenElement !== null;
      this.#fullScreen.setAttribute('aria-pressed', String(isFull));
      if (isFull) this.#screen.focus();
    });
    this.#fullScreen.hidden = !document.fullscreenEnabled;
    screen.addEventListener('lights', () => this.#showLights());
  }

  /** Moves the keyboard to the bar. */
  focus(): void {
    this.#show();
    this.#keysButton.focus();
  }

  /** A connected screen has the bar out of its way; otherwise it stays. */
  setConnected(isConnected: boolean): void {
    this.#hidesItself = isConnected;
    byId('connection-label', HTMLElement).textContent = isConnected ? 'Disconnect' : 'Connect';
    this.#keysButton.disabled = !isConnected || this.#screen.viewOnly;
    this.#show();
    this.#hideSoon();
    this.#showLights();
    if (isConnected) this.#fillHeads();
  }

  setGuestName(name: string): void {
    byId('guest-name', HTMLElement).textContent = name;
  }

  #showLights(): void {
    const { lights } = this.#screen;
    for (const [key, name] of LIGHTS) {
      const light = document.querySelector(`[data-light="${key}"]`);
      light?.classList.toggle('is-on', lights[key]);
      light?.setAttribute('aria-label', `${name} ${lights[key] ? 'on' : 'off'}`);
    }
  }

  #fillHeads(): void {
    const { heads, head: shown } = this.#screen;
    const place = byId('heads', HTMLFieldSetElement);
    place.hidden = heads.length < 2;
    place.replaceChildren(
      ...place.querySelectorAll('legend'),
      ...heads.map((head) => {
        const radio = document.createElement('input');
        radio.type = 'radio';
        radio.name = 'head';
        radio.checked = head === shown;
        radio.addEventListener('change', () => {
          byId('view-menu', HTMLElement).hidePopover();
          this.#owner.showHead(head);
        });
        const label = document.createElement('label');
        label.append(radio, ` Screen ${head + 1}`);
        return label;
      }),
    );
  }

  #fillKeysMenu(): void {
    const place = byId('chords', HTMLElement);
    const menu = byId('keys-menu', HTMLElement);
    const buttonOf = (chord: Chord, label: string): HTMLButtonElement => {
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = chord.label;
      button.setAttribute('aria-label', label);
      button.addEventListener('click', () => {
        menu.hidePopover();
        this.#screen.sendKeys(chord.codes);
        this.#screen.focus();
      });
      return button;
    };
    const title = document.createElement('p');
    title.className = 'menu-title';
    title.textContent = 'Ctrl + Alt +';
    const grid = document.createElement('div');
    grid.className = 'chord-grid';
    grid.append(...CONSOLE_CHORDS.map((chord) => buttonOf(chord, `Ctrl + Alt + ${chord.label}`)));
    const lines = CHORDS.map((chord) => buttonOf(chord, chord.label));
    place.append(...lines.slice(0, 1), title, grid, ...lines.slice(1));
  }

  #connectViewMenu(): void {
    const kept = localStorage.getItem(SCALE_KEY);
    if (isScaleMode(kept)) this.#screen.scaleMode = kept;
    for (const radio of document.querySelectorAll<HTMLInputElement>('input[name="scale"]')) {
      radio.checked = radio.value === this.#screen.scaleMode;
      radio.addEventListener('change', () => {
        if (!isScaleMode(radio.value)) return;
        this.#screen.scaleMode = radio.value;
        localStorage.setItem(SCALE_KEY, radio.value);
      });
    }
    const stats = byId('show-stats', HTMLInputElement);
    stats.addEventListener('change', () => this.#owner.showStats(stats.checked));
    byId('open-viewer', HTMLButtonElement).addEventListener('click', () => {
      byId('view-menu', HTMLElement).hidePopover();
      this.#owner.openViewer();
    });
  }

  #hideWhenIdle(): void {
    this.#bar.addEventListener('pointerenter', () => this.#show());
    this.#bar.addEventListener('pointerleave', () => this.#hideSoon());
    this.#bar.addEventListener('focusin', () => this.#show());
    this.#bar.addEventListener('focusout', () => this.#hideSoon());
    this.#handle.addEventListener('click', () => {
      if (this.#bar.classList.contains('is-away')) this.#show();
      else this.#hide();
    });
  }

  #show(): void {
    clearTimeout(this.#hideTimer);
    this.#bar.classList.remove('is-away');
    this.#handle.setAttribute('aria-expanded', 'true');
  }

  #hide(): void {
    clearTimeout(this.#hideTimer);
    this.#bar.classList.add('is-away');
    this.#handle.setAttribute('aria-expanded', 'false');
  }

  #hideSoon(): void {
    clearTimeout(this.#hideTimer);
    if (this.#hidesItself) this.#hideTimer = setTimeout(() => this.#hideUnlessUsed(), HIDE_AFTER_MS);
  }

  #hideUnlessUsed(): void {
    // Leaving it, with pointer or focus, starts the wait again.
    const isUsed = this.#bar.matches(':hover, :focus-within') || document.querySelector('.menu:popover-open') !== null;
    if (!isUsed) this.#hide();
  }
}

/** Keeps an open menu below its button. */
function placeMenu(menu: HTMLElement, button: HTMLElement): void {
  menu.addEventListener('toggle', (event) => {
    const isOpen = (event as ToggleEvent).newState === 'open';
    button.setAttribute('aria-expanded', String(isOpen));
    if (!isOpen) return;
    const box = button.getBoundingClientRect();
    menu.style.top = `${box.bottom + 8}px`;
    menu.style.left = `${Math.max(8, Math.min(box.left, innerWidth - menu.offsetWidth - 8))}px`;
    menu.querySelector<HTMLElement>('button, input:checked')?.focus();
  });
}

async function toggleFullScreen(): Promise<void> {
  if (document.fullscreenElement === null) await document.documentElement.requestFullscreen().catch(() => {});
  else await document.exitFullscreen();
}
