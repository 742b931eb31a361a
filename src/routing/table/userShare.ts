/** The share of users that a percentage selects. */
import { createHash } from "node:crypto"
import { Predicate } from "effect"
import type { Condition } from "../format/Condition.ts"

/** Steps of one percent: shares count in hundredths of a percent. */
const STEPS = 100

/** The place of a user among all users, from 0 up to 100: the same at any time, and for all rules with the same seed. */
export const userShare = (userId: string, seed: string): number =>
  (createHash("sha256")
    .update(JSON.stringify([seed, userId]))
    .digest()
    .readUInt32BE() %
    (100 * STEPS)) /
  STEPS

/** A percentage with its seed. */
export const shareOf = (percentage: NonNullable<Condition["percentage"]>) =>
  Predicate.isNumber(percentage) ? { of: percentage, seed: "" } : percentage
