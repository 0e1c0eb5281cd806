/** What every field has, whatever its control is. */
import type { Problem } from "../../lib/protocol";

export interface FieldProps {
  /** Its accessible name. */
  label: string;
  help?: string;
  problems?: Problem[];
  /** Where the label stands: beside the control, above it, or close beside it in a line of words. */
  layout?: "row" | "stack" | "inline";
  mono?: boolean;
  disabled?: boolean;
}
