/**
 * Puts text on the clipboard, also on plain HTTP where the browser offers no Clipboard API. Call it from a user's
 * gesture. Focus returns to where it was. False: the browser refused both ways.
 */
export async function copyText(text: string): Promise<boolean> {
  if (window.isSecureContext && navigator.clipboard !== undefined) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // refused by permission or policy: the older way may still be open
    }
  }
  const focused = document.activeElement;
  const area = document.createElement('textarea');
  area.value = text;
  area.readOnly = true;
  area.setAttribute('aria-hidden', 'true');
  // In sight of the layout but not of the eye: an element that is not displayed cannot be selected.
  area.style.cssText = 'position:fixed;inset:0 auto auto 0;width:1px;height:1px;padding:0;border:0;opacity:0';
  // A modal dialog keeps focus inside itself, so the area has to be its child.
  const host = focused?.closest('[role="dialog"], [role="alertdialog"]') ?? document.body;
  host.append(area);
  try {
    area.focus({ preventScroll: true });
    area.select();
    return document.execCommand('copy');
  } catch {
    return false;
  } finally {
    area.remove();
    if (focused instanceof HTMLElement) focused.focus({ preventScroll: true });
  }
}
