/** The database cannot be used, and waiting would not change that. */
import { Runtime, Schema } from "effect"

/** The database cannot be used as it is set: a wrong URL, another owner, a newer version. */
export class StoreError extends Schema.TaggedError<StoreError>()("StoreError", {
  /** A sentence without its beginning, such as `./data/router.db is a folder`. It holds no password. */
  problem: Schema.String,
  /** What to do. */
  instead: Schema.String
}) {
  override readonly [Runtime.errorReported] = false
  override get message() {
    return `The database cannot be used: ${this.problem}\n    → ${this.instead}`
  }
}
