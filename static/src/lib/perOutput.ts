/** Numbers of which there is one for each of the model's outputs, such as the weights of classes. */

/** What an output counts where nothing else is said. */
export const ONE = 1;

/** Those of `given` for so many outputs, with another one at `place`; null is the usual one there. Null where
 * all are as usual: then nothing has to be said. */
export function withNumber(
  given: readonly number[] | null,
  outputs: number,
  place: number,
  value: number | null,
): number[] | null {
  const numbers = Array.from({ length: outputs }, (_, i) => (i === place ? value : given?.[i]) ?? ONE);
  return numbers.every((number) => number === ONE) ? null : numbers;
}
