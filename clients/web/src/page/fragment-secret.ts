/**
 * A password or one-time token that came in the address, as `#token=…` or `#password=…`. Browsers send no fragment to
 * servers; here it is taken out of the address bar and the history before anybody sees it.
 */

/** Where the address is; the page gives `location` and `history`. */
export interface AddressBar {
  readonly hash: string;
  /** Shows this address instead, without loading it. */
  replace(hash: string): void;
}

const KEYS = ['token', 'password'];

/** The secret of the address, or null; other parts of the fragment stay. */
export function takeFragmentSecret(address: AddressBar): string | null {
  const fragment = new URLSearchParams(address.hash.replace(/^#/, ''));
  const secret = KEYS.map((key) => fragment.get(key)).find((value) => value !== null && value !== '') ?? null;
  if (!KEYS.some((key) => fragment.has(key))) return null;
  for (const key of KEYS) fragment.delete(key);
  const rest = fragment.toString();
  address.replace(rest === '' ? '' : `#${rest}`);
  return secret;
}
