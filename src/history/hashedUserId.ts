/** Users' ids as a digest: `HISTORY_USER_IDS=hashed`. */
import { createHash } from "node:crypto"

/** The digest of a user's id, as it is stored: looking for the exact id still works. */
export const hashedUserId = (userId: string): string => `sha256:${createHash("sha256").update(userId).digest("hex")}`
