import { Duration } from "effect"

/** The share of the deadline that is kept for the answer to get out: 350 ms of the default 7 s, for a machine that is busy. */
const ANSWER_MARGIN = 1 / 20

/** The time for the work of a handover within its deadline. */
export const workTime = (deadline: Duration.Duration): Duration.Duration => Duration.times(deadline, 1 - ANSWER_MARGIN)
