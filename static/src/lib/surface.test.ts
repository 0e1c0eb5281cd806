import { expect, test } from "vitest";
import type { SurfaceReply } from "./protocol";
import { areas, directionsText, elsewhereText, gridOf, levelsOf, origin, slice, surfaceText } from "./surface";

const SIDE = 33;
const AXIS = Array.from({ length: SIDE }, (_, i) => i / 16 - 1);

/** A bowl with its lowest point in the middle, as far as every `stride`-th point. */
function bowl(stride = 1): SurfaceReply {
  const known = (i: number): boolean => i % stride === 0;
  const count = ((SIDE - 1) / stride + 1) ** 2;
  return {
    step: 400,
    directions: "random",
    shares: null,
    done: (count + 1) / (SIDE * SIDE + 1),
    first: AXIS,
    second: AXIS,
    losses: AXIS.map((y, j) => AXIS.map((x, i) => (known(i) && known(j) ? 0.1 + x * x + y * y : null))),
    path: [[400, 0, 0, 0.1]],
  };
}

test("what is there is a whole grid, coarser until all is done", () => {
  expect(gridOf(bowl())).toMatchObject({ stride: 1, side: 33 });
  expect(gridOf(bowl(4))).toMatchObject({ stride: 4, side: 9 });
  expect(gridOf({ ...bowl(), done: 0 })).toBeNull();
  expect(gridOf(bowl(4))!.values.every(Number.isFinite)).toBe(true);
});

test("levels lie inside, rising, and by factors where the losses are far apart", () => {
  const levels = levelsOf(gridOf(bowl())!);
  expect(levels.every((level, i) => level > (levels[i - 1] ?? 0.1) && level < 2.1)).toBe(true);
  expect(levels[1]! / levels[0]!).toBeCloseTo(levels[11]! / levels[10]!);
  expect(levelsOf({ stride: 1, side: 2, values: [1, 1, 1, 1] })).toEqual([]);
});

test("the area above a level has a hole where the bowl is lower", () => {
  const grid = gridOf(bowl())!;
  const [area] = areas(grid, [0.6]);
  expect(area!.coordinates).toHaveLength(1);
  expect(area!.coordinates[0]).toHaveLength(2);
});

test("what is not finite counts as high", () => {
  const grid = gridOf(bowl())!;
  grid.values[0] = NaN;
  expect(areas(grid, [100])[0]!.coordinates).toHaveLength(1);
});

test("a slice runs along one direction and leaves out what is not finite", () => {
  const reply = bowl();
  reply.losses[16]![3] = null;
  const along = slice(reply, "first", 16);
  expect(along).toHaveLength(SIDE - 1);
  expect(Math.min(...along.map(({ y }) => y))).toBeCloseTo(0.1);
  expect(slice(reply, "second", 0)).toHaveLength(SIDE);
});

test("the model itself lies where both directions are 0", () => {
  expect(origin(bowl())).toEqual({ i: 16, j: 16 });
  expect(origin({ ...bowl(), first: AXIS.map((x) => x + 0.97) })).toEqual({ i: 0, j: 16 });
});

test("a surface of another step than the present says so, wherever the run went since", () => {
  const drawn = { ...bowl(), step: 1400 };
  expect(elsewhereText(drawn, 2600)).toBe("As it was at step 1,400; the run stands at step 2,600 now.");
  expect(elsewhereText(drawn, 50)).toBe("As it was at step 1,400; the run stands at step 50 now.");
  expect(elsewhereText(drawn, 1400)).toBe("");
  expect(elsewhereText(drawn, null)).toBe("");
});

test("words for the picture and its axes", () => {
  expect(surfaceText(bowl())).toBe("Around step 400: from 0.1 to 2.1; the model's own loss is 0.1.");
  expect(directionsText(bowl())).toContain("filter-normalised");
  expect(directionsText({ ...bowl(), directions: "path", shares: [0.91, 0.05] })).toContain("91 % and 5 %");
  expect(directionsText({ ...bowl(), directions: "path", shares: [0.9996, 0.0004] })).toContain("over 99 % and under 1 %");
});
