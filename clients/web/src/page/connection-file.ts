/**
 * The file that opens the guest in remote-viewer. The server makes it for who knows the password, which it gets as a bearer
 * (base64 of its UTF-8), and puts a one-time ticket into it.
 */

/** Fetches the file and hands it to the browser as a download. Rejects with a sentence for the user. */
export async function downloadConnectionFile(password: string): Promise<void> {
  const bytes = new TextEncoder().encode(password);
  const bearer = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
  let response: Response;
  try {
    response = await fetch(new URL('connect.vv', document.baseURI), { headers: { authorization: `Bearer ${bearer}` } });
  } catch (error) {
    throw new Error('The server does not answer.', { cause: error });
  }
  if (!response.ok) {
    const text = (await response.text()).trim();
    throw new Error(text === '' ? `The server answered ${response.status}.` : text);
  }
  const url = URL.createObjectURL(await response.blob());
  const link = document.createElement('a');
  link.href = url;
  link.download = 'saffron.vv';
  link.click();
  // The download has taken its own hold of the bytes by the next turn.
  setTimeout(() => URL.revokeObjectURL(url), 0);
}
