/** What an eye may miss in a screenshot; runs inside the page. */
export function audit(): string[] {
  const faults: string[] = [];
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) faults.push(`scrolls sideways: ${root.scrollWidth}`);

  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const shown = (element: Element): boolean =>
    element.checkVisibility({ opacityProperty: false, visibilityProperty: true }) &&
    !element.closest('.unseen, [aria-hidden="true"]');

  function paint(colours: readonly string[]): [number, number, number] {
    if (!canvas) return [0, 0, 0];
    canvas.fillStyle = '#fff';
    for (const colour of colours) {
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
    }
    const [red = 0, green = 0, blue = 0] = canvas.getImageData(0, 0, 1, 1).data;
    return [red, green, blue];
  }

  function luminance(colour: readonly number[]): number {
    const [red = 0, green = 0, blue = 0] = colour.map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  }

  function backgrounds(element: Element | null): string[] {
    const found: string[] = [];
    for (let at = element; at; at = at.parentElement) {
      found.unshift(getComputedStyle(at).backgroundColor);
      if (at instanceof HTMLDialogElement) break;
    }
    return found;
  }

  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (words.nextNode()) {
    const text = words.currentNode.textContent?.trim();
    const element = words.currentNode.parentElement;
    if (!text || !element || !shown(element) || element.closest('noscript, option')) continue;
    const behind = backgrounds(element);
    const [one, two] = [
      luminance(paint([...behind, getComputedStyle(element).color])),
      luminance(paint(behind)),
    ];
    const contrast = (Math.max(one, two) + 0.05) / (Math.min(one, two) + 0.05);
    if (contrast < 4.5) faults.push(`contrast ${contrast.toFixed(2)}: ${text.slice(0, 40)}`);
    const box = element.getBoundingClientRect();
    if (box.right > innerWidth + 1 || box.left < -1)
      faults.push(`sticks out: ${text.slice(0, 40)}`);
  }

  for (const control of document.querySelectorAll('button, a[href], input, select')) {
    if (!shown(control)) continue;
    const box = control.getBoundingClientRect();
    const name = control.getAttribute('aria-label') ?? control.textContent.trim();
    if (box.height < 43.5 || box.width < 43.5) {
      faults.push(`small ${box.width.toFixed(0)}×${box.height.toFixed(0)}: ${name}`);
    }
    const labelled = control instanceof HTMLInputElement || control instanceof HTMLSelectElement;
    if (labelled ? !control.labels?.length : name === '') faults.push('a control without a name');
  }
  if (document.querySelectorAll('h1').length !== 1) faults.push('not exactly one h1');
  if (document.querySelectorAll('main').length !== 1) faults.push('not exactly one main');
  if (document.title === '' || document.title === 'Preview') faults.push('no title');
  return faults;
}
