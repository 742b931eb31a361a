/** All checks with the Digital Engagement API. */
import { Duration, Effect, Option, type Redacted, References, type Terminal } from "effect"
import type { DigitalSettings } from "../cxone/digital/DigitalSettings.ts"
import { AccessToken } from "../cxone/transport/AccessToken.ts"
import { type Check, PATIENCE } from "./Check.ts"
import { type DigitalServices, digitalChecks } from "./digitalChecks.ts"
import { digitalTargetChecks } from "./digitalTargetChecks.ts"
import { type RouterInput, runWith } from "./doctor.ts"
import { fieldsCheck } from "./fieldsCheck.ts"
import { secretsOf, withoutSecrets } from "./secrets.ts"
import { type DoctorTarget, LOOK_UPS_AT_ONCE } from "./targetChecks.ts"

/** The input of all checks with the Digital Engagement API. */
export interface DigitalDoctorInput extends RouterInput {
  /** Checks that come first, such as those of settings and routing table. */
  readonly leading?: ReadonlyArray<Check>
  /** The tenant, and our credentials. */
  readonly cxone: DigitalSettings["Service"]
  /** Every queue and agent of the routing table. */
  readonly targets: ReadonlyArray<DoctorTarget>
  /** The names of the labels of the table's rules. */
  readonly labels: ReadonlyArray<string>
}

/** Keeps secrets out of texts that CXone chooses: these, and the access token. */
const concealing = (secrets: ReadonlyArray<Redacted.Redacted>) => (text: string) =>
  Effect.gen(function* () {
    const { get } = yield* AccessToken
    const token = Option.toArray(yield* Effect.option(Effect.map(get, ({ token }) => token)))
    return withoutSecrets([...token, ...secrets])(text)
  })

/** Runs all checks, as `run` does with the webchat API. */
export const runDigital = Effect.fnUntraced(function* ({
  cxone,
  labels,
  leading = [],
  targets,
  ...router
}: DigitalDoctorInput): Effect.fn.Return<boolean, never, DigitalServices | Terminal.Terminal> {
  const patience = Duration.fromInputUnsafe(router.patience ?? PATIENCE)
  const conceal = concealing([...secretsOf(router.credentials), cxone.clientSecret, cxone.accessKeySecret])
  const checks = [
    ...leading,
    ...(yield* digitalChecks(cxone, patience, conceal)),
    fieldsCheck(cxone.intentField, labels, patience)
  ]
  return yield* runWith<DigitalServices>(
    [
      { concurrency: 1, checks },
      { concurrency: LOOK_UPS_AT_ONCE, checks: digitalTargetChecks(targets, patience, conceal) }
    ],
    router
  ).pipe(
    // The findings say where the API is.
    Effect.provideService(References.MinimumLogLevel, "Warn")
  )
})
