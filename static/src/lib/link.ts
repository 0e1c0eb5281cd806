/**
 * What stands in the URL's hash: the experiment, `#tab=tensors&e=<base64url of its JSON>`, or a program of the
 * Tensors workspace, `#tab=tensors&code=<base64url of its text>`. Nothing of it is sent to a server.
 */
import { asExperiment } from "./outline";
import type { Experiment } from "./protocol";
import { WORKSPACES } from "./workspaces";

const LONGEST = 2_000_000;

export interface Place {
  tab: string | null;
  experiment: Experiment | null;
  /** A program for the Tensors workspace. */
  code: string | null;
}

/** The hash that opens this experiment, with its leading `#`. */
export function toHash(experiment: Experiment, tab: string): string {
  const place = tab === "model" ? "" : `tab=${tab}&`;
  return `#${place}e=${encode(JSON.stringify(experiment))}`;
}

/** The hash that opens this program in the Tensors workspace. */
export function toCodeHash(code: string): string {
  return `#tab=tensors&code=${encode(code)}`;
}

/** What a hash says. Throws an Error fit to be shown if its experiment or its program cannot be read. */
export function fromHash(hash: string): Place {
  const fields = new URLSearchParams(hash.replace(/^#/, ""));
  const text = fields.get("e");
  const tab = WORKSPACES.find(({ id }) => id === fields.get("tab"))?.id ?? null;
  const code = fields.get("code");
  return { tab, experiment: text === null ? null : parse(text), code: code === null ? null : parseCode(code) };
}

function parseCode(text: string): string {
  if (text.length > LONGEST) throw new Error("The link is too long to be a program.");
  try {
    return decode(text);
  } catch {
    throw new Error("The link is damaged: its program cannot be read.");
  }
}

function parse(text: string): Experiment {
  if (text.length > LONGEST) throw new Error("The link is too long to be an experiment.");
  let value: unknown;
  try {
    value = JSON.parse(decode(text));
  } catch {
    throw new Error("The link is damaged: its experiment cannot be read.");
  }
  return asExperiment(value);
}

function encode(text: string): string {
  const bytes = new TextEncoder().encode(text);
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function decode(text: string): string {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.from(binary, (c) => c.charCodeAt(0)));
}
