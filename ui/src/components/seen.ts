/** Characters that turn the order of a line around are shown as what they are: text must not look like other text. */
export function seen(text: string): string {
  return text.replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, (one) => `\\u${one.charCodeAt(0).toString(16)}`);
}
