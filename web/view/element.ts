/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/**
 * The element of the page with this id.
 *
 * @throws {TypeError} when there is none, or one of another kind.
 */
export function byId<E extends Element>(id: string, kind: new () => E): E {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new TypeError(`Cannot find #${id}: expected ${kind.name}`);
  return found;
}

/** Makes an HTML element with a class and what is in it. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className = "",
  ...content: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  if (className !== "") made.className = className;
  made.append(...content);
  return made;
}

/** Makes an SVG element with attributes and what is in it. */
export function makeSvg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string | number>>,
  ...content: readonly (Node | string)[]
): SVGElementTagNameMap[K] {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  made.append(...content);
  return made;
}

/** Sets a text where it is another one, so that nothing is announced twice. */
export function setText(node: Node, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}
