import { describe, expect, test } from "vitest";
import type { TensorCard } from "../protocol";
import { columns, pairOf, tables } from "./data";

const tensor = (name: string, ...shape: number[]) => ({ name, shape, value: {} }) as TensorCard;

describe("data for an experiment", () => {
  const cards = [tensor("w", 2, 1), tensor("x", 8, 2), tensor("y", 8), tensor("z", 8, 1), tensor("image", 8, 3, 3)];

  test("are tables of samples, with a value for each", () => {
    expect(tables(cards).map(({ name }) => name)).toEqual(["x", "y", "z"]);
    expect(columns(cards).map(({ name }) => name)).toEqual(["y", "z"]);
  });

  test("are suggested by their usual names, else the newest with as many rows", () => {
    expect(pairOf(cards)).toMatchObject({ x: { name: "x" }, y: { name: "y" } });
    expect(pairOf([tensor("a", 5, 2), tensor("b", 6, 2), tensor("c", 6)])).toMatchObject({ x: { name: "b" }, y: { name: "c" } });
    expect(pairOf([tensor("a", 5, 2), tensor("c", 6)])).toBeNull();
  });
});
