const OFF = 'watchword-shortcuts-off';

/** Single keys can be switched off (WCAG 2.1.4): speech users would press them by talking. */
export const areKeysOff = () => localStorage.getItem(OFF) === 'yes';

export function switchKeys(isOff: boolean): void {
  if (isOff) localStorage.setItem(OFF, 'yes');
  else localStorage.removeItem(OFF);
}

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.matches('input:not([type="checkbox"]), textarea, select, [role="menu"] *'));

/** False when the press belongs to a field, a menu, a dialog or the browser, or when keys are switched off. */
export function isShortcut(event: KeyboardEvent): boolean {
  if (event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target) || areKeysOff()) return false;
  return document.querySelector('dialog[open]') === null;
}

let wentAt = 0;

/** `g` was pressed: for a second, the next key names a room, and no room may take it as its own. */
export function beginGoing(): void {
  wentAt = Date.now();
}

export const isGoing = () => Date.now() - wentAt < 1000;

export function endGoing(): void {
  wentAt = 0;
}
