/** Times to the answer in buckets, so that percentiles of any range can be added up: each bucket is 10 % wide. */

/** The ratio of a bucket's end to its start. */
const WIDTH = 1.1

/** The bucket of a time in milliseconds; everything under 1 ms is in the first one. */
export const latencyBucket = (millis: number): number => Math.round(Math.log(Math.max(1, millis)) / Math.log(WIDTH))

/** The middle of a bucket, in milliseconds. */
export const bucketMillis = (bucket: number): number => WIDTH ** bucket

/** The time that a share of the counts (0 to 1) does not exceed, in milliseconds, exact to 5 %; `undefined` without counts. */
export const percentile = (
  counts: ReadonlyArray<{ readonly took: number; readonly count: number }>,
  share: number
): number | undefined => {
  const sorted = counts.toSorted((one, other) => one.took - other.took)
  const total = sorted.reduce((sum, { count }) => sum + count, 0)
  let seen = 0
  return sorted.find(({ count }) => {
    seen += count
    return seen >= total * share
  })?.took
}
