/** A class is a shape as well as a colour: one definition for canvas and SVG. */

export const SHAPES = [
  "diamond",
  "circle",
  "triangle",
  "square",
  "plus",
  "down triangle",
  "pentagon",
  "cross",
] as const;

export type Shape = (typeof SHAPES)[number];

/** The shape of a class; beyond eight classes they repeat, and the colour tells them apart. */
export function shapeOf(label: number): Shape {
  return SHAPES[((label % SHAPES.length) + SHAPES.length) % SHAPES.length]!;
}

/** SVG path data around (0, 0), of about the area of a circle of radius `r`. */
export function markPath(shape: Shape, r: number): string {
  switch (shape) {
    case "circle":
      return `M${-r} 0A${r} ${r} 0 1 1 ${r} 0A${r} ${r} 0 1 1 ${-r} 0Z`;
    case "square":
      return polygon([[-1, -1], [1, -1], [1, 1], [-1, 1]], r * 0.9);
    case "diamond":
      return polygon([[0, -1], [1, 0], [0, 1], [-1, 0]], r * 1.25);
    case "triangle":
      return polygon([[0, -1.15], [1.1, 0.85], [-1.1, 0.85]], r * 1.1);
    case "down triangle":
      return polygon([[0, 1.15], [1.1, -0.85], [-1.1, -0.85]], r * 1.1);
    case "pentagon":
      return polygon(
        [0, 1, 2, 3, 4].map((i) => [Math.sin((i * 2 * Math.PI) / 5), -Math.cos((i * 2 * Math.PI) / 5)]),
        r * 1.15,
      );
    case "plus":
      return polygon(PLUS, r * 1.15);
    case "cross":
      return polygon(PLUS.map(([x, y]) => [(x! - y!) * Math.SQRT1_2, (x! + y!) * Math.SQRT1_2]), r * 1.15);
  }
}

const PLUS = [
  [-0.4, -1], [0.4, -1], [0.4, -0.4], [1, -0.4], [1, 0.4], [0.4, 0.4],
  [0.4, 1], [-0.4, 1], [-0.4, 0.4], [-1, 0.4], [-1, -0.4], [-0.4, -0.4],
];

function polygon(corners: readonly (readonly number[])[], scale: number): string {
  const at = ([x, y]: readonly number[]): string => `${round(x! * scale)} ${round(y! * scale)}`;
  return `M${corners.map(at).join("L")}Z`;
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
