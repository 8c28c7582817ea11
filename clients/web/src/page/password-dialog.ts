/** The dialog that asks for a password. */
import { byId } from './elements.ts';

export class PasswordDialog {
  readonly #dialog = byId('password-dialog', HTMLDialogElement);
  readonly #form = byId('password-form', HTMLFormElement);
  readonly #input = byId('password', HTMLInputElement);
  readonly #message = byId('password-message', HTMLElement);

  /** `onPassword` gets what was typed, `onCancel` hears that nothing will be. */
  constructor(onPassword: (password: string) => void, onCancel: () => void) {
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      const password = this.#input.value;
      this.#input.value = '';
      this.#dialog.close();
      onPassword(password);
    });
    const cancel = (): void => {
      this.#input.value = '';
      this.#dialog.close();
      onCancel();
    };
    byId('password-cancel', HTMLButtonElement).addEventListener('click', cancel);
    this.#dialog.addEventListener('cancel', (event) => {
      event.preventDefault();
      cancel();
    });
  }

  get isOpen(): boolean {
    return this.#dialog.open;
  }

  /** Asks; `isRetry` says that the last password was wrong. */
  ask(isRetry: boolean): void {
    this.#message.textContent = isRetry ? 'That password is wrong. Try again.' : 'This screen is protected.';
    this.#message.classList.toggle('is-error', isRetry);
    if (!this.#dialog.open) this.#dialog.showModal();
    this.#input.focus();
  }
}
