/** The elements of index.html that the page's script works with. */

/** The element with this id, of this class. Throws TypeError when the page is not the one the script was made for. */
export function byId<T extends Element>(id: string, type: abstract new () => T): T {
  const element = document.getElementById(id);
  if (!(element instanceof type)) throw new TypeError(`This page has no ${type.name} #${id}.`);
  return element;
}
