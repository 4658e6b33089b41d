/** Copies a text; resolves to whether it worked. */
export async function copyText(text: string): Promise<boolean> {
  // Pages without https have no clipboard.
  if (!('clipboard' in navigator)) return false;
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
