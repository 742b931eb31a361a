/** The body of a problem. */
import type { Problem } from "./wire.ts"

/** The members of problems that are headers of their answers. */
const HEADERS = ["retryAfter", "challenge", "accepted"]

/** The body of the answer, as it crosses the network. */
export const problemBody = (problem: Problem): Readonly<Record<string, string | number>> =>
  Object.fromEntries(Object.entries(problem).filter(([name, value]) => value !== undefined && !HEADERS.includes(name)))
