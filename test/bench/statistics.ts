/** What is made of many numbers. */

/** The middle one; between two of them, their mean. */
export const median = (numbers: ReadonlyArray<number>): number => {
  const sorted = numbers.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  return ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2
}

/** The least of the sorted numbers that so large a share of them (0 to 1) does not exceed. */
export const percentile = (sorted: ReadonlyArray<number>, share: number): number =>
  sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN

/** What comes of each number and the one of the same round, in the middle: the machine changes from round to round, for both. */
export const medianOfPairs = (
  ours: ReadonlyArray<number>,
  theirs: ReadonlyArray<number>,
  compare: (ours: number, theirs: number) => number
): number => {
  if (ours.length !== theirs.length) throw new Error(`${ours.length} rounds cannot be paired with ${theirs.length}`)
  return median(ours.map((one, round) => compare(one, theirs[round] ?? Number.NaN)))
}

/** The ratio of each number to the one of the same round, in the middle. */
export const medianRatio = (ours: ReadonlyArray<number>, theirs: ReadonlyArray<number>): number =>
  medianOfPairs(ours, theirs, (one, other) => one / other)
