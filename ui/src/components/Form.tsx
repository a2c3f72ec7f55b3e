/** A form made from a JSON schema. */

export function Form() {
  return null;
}
