import type { ValueBounds } from "../../std/excess.ts"

/** The largest extent of a body, and of JSON in a text of it: 64 levels, 10,000 values. More than any bot's data, less than recursive code's stack. */
export const EXTENT: ValueBounds = { levels: 64, members: 10_000 }
