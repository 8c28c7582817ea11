/** Keys that a browser or its system keeps for itself, to be sent by a menu. */

/** What a menu offers: a label and the keys, named by KeyboardEvent.code, pressed in order and let go together. */
export interface Chord {
  readonly label: string;
  readonly codes: readonly string[];
}

/** Chords with a line of their own. */
export const CHORDS: readonly Chord[] = [
  { label: 'Ctrl + Alt + Delete', codes: ['ControlLeft', 'AltLeft', 'Delete'] },
  { label: 'Ctrl + Alt + Backspace', codes: ['ControlLeft', 'AltLeft', 'Backspace'] },
  { label: 'Alt + Tab', codes: ['AltLeft', 'Tab'] },
  { label: 'Alt + F4', codes: ['AltLeft', 'F4'] },
  { label: 'Ctrl + W', codes: ['ControlLeft', 'KeyW'] },
  { label: 'Super', codes: ['MetaLeft'] },
  { label: 'Escape', codes: ['Escape'] },
  { label: 'Print Screen', codes: ['PrintScreen'] },
];

/** Switches between the consoles of a Linux guest. */
export const CONSOLE_CHORDS: readonly Chord[] = Array.from({ length: 12 }, (_, i) => ({
  label: `F${i + 1}`,
  codes: ['ControlLeft', 'AltLeft', `F${i + 1}`],
}));
