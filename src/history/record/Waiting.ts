/** The rows that wait for the database, in bounded memory. */
import type { Row } from "./toRow.ts"

/** The most rows that wait, and the most bytes of them: whole requests of failed handovers may be 256 KiB each. */
export const MAX_WAITING = 10_000
const MAX_WAITING_BYTES = 64 * 1024 * 1024

/** The most rows of one batch, and about the most bytes. */
const MAX_BATCH = 500
const MAX_BATCH_BYTES = 4 * 1024 * 1024

/** A queue whose newest row is refused when it is full. */
export interface Waiting {
  readonly size: () => number
  /** False when there is no room. */
  readonly offer: (row: Row) => boolean
  /** The oldest rows. They count as waiting until `done`. */
  readonly batch: () => ReadonlyArray<Row>
  /** The batch need not wait any longer. */
  readonly done: () => void
}

/** An empty queue. */
export const makeWaiting = (): Waiting => {
  let rows: Array<Row> = []
  let bytes = 0
  let taken: ReadonlyArray<Row> = []
  let from = 0

  const size = () => rows.length - from

  return {
    size,
    offer: (row) => {
      if (size() >= MAX_WAITING || bytes + row.size > MAX_WAITING_BYTES) return false
      rows.push(row)
      bytes += row.size
      return true
    },
    batch: () => {
      let end = from
      for (let sum = 0; end < rows.length && end - from < MAX_BATCH; end++) {
        sum += rows[end]?.size ?? 0
        if (sum > MAX_BATCH_BYTES && end > from) break
      }
      taken = rows.slice(from, end)
      return taken
    },
    done: () => {
      for (const row of taken) bytes -= row.size
      from += taken.length
      taken = []
      // One copy for many batches.
      if (from * 2 >= rows.length) {
        rows = rows.slice(from)
        from = 0
      }
    }
  }
}
