/** What may open above any page: the palette (⌘K) and the list of keys (?). */

export function Overlays() {
  return null;
}
