/** A text field of a form as it was typed, cut to `max` characters; empty when the field is missing or holds a file. */
export function textOf(form: FormData, name: string, max: number): string {
  return fieldOf(form, name).slice(0, max);
}

/** The same without the blanks around it. Not for passwords: theirs count. */
export function trimmedOf(form: FormData, name: string, max: number): string {
  return fieldOf(form, name).trim().slice(0, max);
}

function fieldOf(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value : '';
}
