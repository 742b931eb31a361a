/** `doctor`: checks everything that a handover needs, and says how to fix it. */
import { Duration, Effect, type Redacted, type Terminal } from "effect"
import type { HttpClient } from "effect/http"
import type { WebhookCredentials } from "../cognigy/door/Credentials.ts"
import type { AccessToken } from "../cxone/transport/AccessToken.ts"
import type { Conversations } from "../cxone/webchat/Conversations.ts"
import type { Directory } from "../cxone/webchat/Directory.ts"
import { type Check, PATIENCE } from "./Check.ts"
import { collectorCheck } from "./collectorCheck.ts"
import { cxoneChecks } from "./cxoneChecks.ts"
import { type Group, report } from "./Report.ts"
import { secretsOf } from "./secrets.ts"
import { type DoctorTarget, LOOK_UPS_AT_ONCE, targetChecks } from "./targetChecks.ts"
import { webhookCheck } from "./webhookCheck.ts"

/** The input of the router's own checks. */
export interface RouterInput {
  /** The address and port that the router listens on. */
  readonly host: string
  readonly port: number
  /** The credentials that the webhook demands. */
  readonly credentials: WebhookCredentials
  /** The router's public URL, with or without the webhook's path; by default `host` and `port` on this machine. */
  readonly url?: string
  /** The URL of the collector of traces, if they are sent. */
  readonly collector?: string | undefined
  /** The time limit for one answer; by default `PATIENCE`. */
  readonly patience?: Duration.Input
}

/** The input of all checks with the webchat API. */
export interface DoctorInput extends RouterInput {
  /** Checks that come first, such as those of settings and routing table; `ready` makes one from a finding. */
  readonly leading?: ReadonlyArray<Check>
  /** The start of CXone's URLs, without credentials. */
  readonly baseUrl: string
  /** Every queue and agent of the routing table. */
  readonly targets: ReadonlyArray<DoctorTarget>
  /** More secrets that no output may show, besides the access token and `credentials`. */
  readonly secrets?: ReadonlyArray<Redacted.Redacted>
}

/** The services that the checks need. */
export type DoctorServices = AccessToken | Conversations | Directory | HttpClient.HttpClient

const patienceOf = ({ patience }: Pick<RouterInput, "patience">) => Duration.fromInputUnsafe(patience ?? PATIENCE)

/**
 * Runs the checks of CXone, which a dialect makes, and those of the router; prints their findings, a line each, then the remedies. Nothing changes in CXone, and no
 * user is handed over. Succeeds with `true` if no check failed; a skipped check is no failure.
 */
export const runWith = <R>(
  cxone: ReadonlyArray<Group<R>>,
  { collector, credentials, host, port, url, ...input }: RouterInput
): Effect.Effect<boolean, never, R | HttpClient.HttpClient | Terminal.Terminal> => {
  const patience = patienceOf(input)
  const router: ReadonlyArray<Group<R | HttpClient.HttpClient>> = [
    { concurrency: 1, checks: [webhookCheck({ host, port, credentials, url, patience })] },
    { concurrency: 1, checks: collector === undefined ? [] : [collectorCheck(collector, patience)] }
  ]
  return report([...cxone, ...router])
}

/** The same with the checks of the webchat API. */
export const run = Effect.fnUntraced(function* ({
  baseUrl,
  leading = [],
  secrets = [],
  targets,
  ...router
}: DoctorInput): Effect.fn.Return<boolean, never, DoctorServices | Terminal.Terminal> {
  const patience = patienceOf(router)
  const known = [...secretsOf(router.credentials), ...secrets]
  const cxone: ReadonlyArray<Group<DoctorServices>> = [
    { concurrency: 1, checks: [...leading, ...(yield* cxoneChecks(baseUrl, patience))] },
    { concurrency: LOOK_UPS_AT_ONCE, checks: targetChecks(targets, patience, known) }
  ]
  return yield* runWith(cxone, router)
})
