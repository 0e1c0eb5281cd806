/** Colours by role: read from the page's custom properties, mixed as plain RGB. */

export type Rgb = readonly [number, number, number];

/** `#rgb`, `#rrggbb` or `rgb(…)`; anything else is an error, for a colour that is silently black misleads. */
export function parseColour(text: string): Rgb {
  const value = text.trim();
  const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/i.exec(value);
  if (short) return [short[1], short[2], short[3]].map((c) => parseInt(c! + c!, 16)) as unknown as Rgb;
  const long = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(value);
  if (long) return [long[1], long[2], long[3]].map((c) => parseInt(c!, 16)) as unknown as Rgb;
  const numbers = /^rgba?\(\s*([\d.]+)[\s,]+([\d.]+)[\s,]+([\d.]+)/.exec(value);
  if (numbers) return [numbers[1], numbers[2], numbers[3]].map(Number) as unknown as Rgb;
  throw new Error(`not a colour: "${text}"`);
}

export function css(colour: Rgb, alpha = 1): string {
  const [r, g, b] = colour.map(Math.round);
  return alpha === 1 ? `rgb(${r} ${g} ${b})` : `rgb(${r} ${g} ${b} / ${alpha})`;
}

/** From `a` (share 0) to `b` (share 1); the share is clamped, and no number counts as 0. */
export function mix(a: Rgb, b: Rgb, share: number): Rgb {
  const t = share > 0 ? Math.min(1, share) : 0;
  return [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t];
}

/** The roles a picture may use. */
export interface Palette {
  panel: Rgb;
  line: Rgb;
  lineStrong: Rgb;
  ink: Rgb;
  inkSoft: Rgb;
  inkFaint: Rgb;
  accent: Rgb;
  negative: Rgb;
  zero: Rgb;
  positive: Rgb;
  activation: Rgb;
  weight: Rgb;
  gradient: Rgb;
  data: Rgb;
  training: Rgb;
  validation: Rgb;
  warning: Rgb;
  classes: readonly Rgb[];
}

/** Negative orange, zero neutral, positive blue: `value` is taken relative to ±`bound`. */
export function diverging(value: number, bound: number, palette: Palette): Rgb {
  const share = bound > 0 ? value / bound : 0;
  return share < 0 ? mix(palette.zero, palette.negative, -share) : mix(palette.zero, palette.positive, share);
}

/** From the background to one hue: for what is never negative. `value` is taken relative to [0, `bound`]. */
export function sequential(value: number, bound: number, hue: Rgb, palette: Palette): Rgb {
  return mix(palette.zero, hue, bound > 0 ? value / bound : 0);
}

/** Black or white, whichever can be read on `background`: one of the two always has a contrast of 4.5. */
export function inkOn(background: Rgb): Rgb {
  const dark: Rgb = [0, 0, 0];
  const light: Rgb = [255, 255, 255];
  return contrast(background, dark) >= contrast(background, light) ? dark : light;
}

/** WCAG contrast ratio, 1 to 21. */
export function contrast(a: Rgb, b: Rgb): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

function luminance(colour: Rgb): number {
  const [r, g, b] = colour.map((c) => {
    const s = c / 255;
    return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
