/** Arrays as they travel: dtype, shape and a place in their frame's blob; little-endian, in C order. */
import type { WireArray } from "./protocol";

export type TypedArray = Float32Array | Float64Array | Int32Array | Uint8Array;

/** An array that has arrived: its numbers in C order, and its shape. */
export interface NumberArray {
  shape: number[];
  values: TypedArray;
}

/** `T` with every array of the wire turned into numbers. */
export type Decoded<T> = T extends WireArray
  ? NumberArray
  : T extends object
    ? { [K in keyof T]: Decoded<T[K]> }
    : T;

const VIEWS = { f4: Float32Array, f8: Float64Array, i4: Int32Array, u1: Uint8Array } as const;

/** One array's numbers, copied out of the blob, so that a frame is not kept alive by one of its arrays. */
export function numbers(array: WireArray, blob: ArrayBuffer): TypedArray {
  const View = VIEWS[array.dtype];
  const length = array.shape.reduce((product, size) => product * size, 1);
  return new View(blob.slice(array.offset, array.offset + length * View.BYTES_PER_ELEMENT));
}

/** Any part of a frame with its arrays as numbers. */
export function decode<T>(part: T, blob: ArrayBuffer): Decoded<T> {
  return walk(part, blob) as Decoded<T>;
}

function walk(part: unknown, blob: ArrayBuffer): unknown {
  if (Array.isArray(part)) return part.map((item) => walk(item, blob));
  if (typeof part !== "object" || part === null) return part;
  if (isWireArray(part)) return { shape: part.shape, values: numbers(part, blob) };
  return Object.fromEntries(Object.entries(part).map(([key, value]) => [key, walk(value, blob)]));
}

function isWireArray(part: object): part is WireArray {
  return "dtype" in part && "offset" in part;
}
