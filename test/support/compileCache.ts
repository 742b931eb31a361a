/** Node keeps the code that it has compiled: a process of ours then starts in two thirds of the time. */
import { fileURLToPath } from "node:url"

/** The environment of a process that shares the cache with those before it. */
export const compileCache = {
  NODE_COMPILE_CACHE: fileURLToPath(new URL("../../node_modules/.cache/test-processes", import.meta.url))
}
