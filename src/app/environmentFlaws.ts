/** Variables that Node itself reads, once and from the process's environment: in `.env` they have no effect, and a careless value has one. */
import { Effect, type FileSystem } from "effect"
import { readBytes } from "../std/readBytes.ts"
import type { Problems } from "../std/Setting.ts"
import { CurrentSources, entryOf, isGiven } from "../std/Sources.ts"

const CERTIFICATES = "NODE_EXTRA_CA_CERTS"

const CHECKS = "NODE_TLS_REJECT_UNAUTHORIZED"

const NAMES = [CERTIFICATES, "NODE_USE_SYSTEM_CA", CHECKS, "NODE_OPTIONS"]

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

/** Without checks everything works, also for somebody who listens in between. */
const UNCHECKED: Problems[number] = {
  name: CHECKS,
  problem: "is 0: no certificate is checked, so anybody on the way to CXone can read credentials and tokens",
  instead: `remove it; name the certificate of your own authority in ${CERTIFICATES}`
}

/** The variables that have no effect where they are set, or a dangerous one. */
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
    if (name === CHECKS && set === "0") flaws.push(UNCHECKED)
    if (name === CERTIFICATES && isGiven(set)) flaws.push(...(yield* certificateFlaws(set)))
  }
  return flaws
})
