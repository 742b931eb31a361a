/** Variables that Node itself reads, once and from the process's environment: in `.env` they have no effect. */
import { Effect, type FileSystem } from "effect"
import { readBytes } from "../std/readBytes.ts"
import type { Problems } from "../std/Setting.ts"
import { CurrentSources, entryOf, isGiven } from "../std/Sources.ts"

const CERTIFICATES = "NODE_EXTRA_CA_CERTS"

const NAMES = [CERTIFICATES, "NODE_USE_SYSTEM_CA", "NODE_TLS_REJECT_UNAUTHORIZED", "NODE_OPTIONS"]

/** The largest file of certificates that is looked at: those of an operating system have about 250 KiB. */
const MAX_SIZE = 10 * 1024 * 1024

const unusable = (problem: string): Problems => [
  {
    name: CERTIFICATES,
    problem,
    instead: "name a file of certificates in PEM that the router may read, and start it again"
  }
]

/** Node ignores a file of certificates that it cannot use. */
const certificateFlaws = (path: string): Effect.Effect<Problems, never, FileSystem.FileSystem> =>
  Effect.match(readBytes(path, MAX_SIZE), {
    onFailure: ({ problem }) => unusable(`names ${path}, which ${problem}`),
    onSuccess: (bytes) =>
      /^-----BEGIN (TRUSTED |X509 )?CERTIFICATE-----/m.test(new TextDecoder().decode(bytes))
        ? []
        : unusable(`names ${path}, which holds no certificate`)
  })

/** What is set and has no effect. */
export const environmentFlaws: Effect.Effect<Problems, never, FileSystem.FileSystem> = Effect.gen(function* () {
  const sources = yield* CurrentSources
  // An application has its own ways.
  if (sources === undefined) return []
  const flaws: Array<Problems[number]> = []
  for (const name of NAMES) {
    const { [name]: set } = sources.environment
    const entry = entryOf(sources, name)
    if (!isGiven(set) && isGiven(entry?.value)) {
      flaws.push({
        name,
        problem: `has no effect in .env (line ${entry?.line}): Node reads it when it starts`,
        instead: "set it in the environment of the process"
      })
    }
    if (name === CERTIFICATES && isGiven(set)) flaws.push(...(yield* certificateFlaws(set)))
  }
  return flaws
})
