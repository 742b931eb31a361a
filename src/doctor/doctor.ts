/** `doctor`: looks at everything that a handover needs, and says what to do about what is wrong. */
import { Duration, Effect, type Redacted, type Terminal } from "effect"
import type { HttpClient } from "effect/http"
import type { WebhookCredentials } from "../cognigy/WebhookAuth.ts"
import type { AccessToken } from "../cxone/transport/AccessToken.ts"
import type { Conversations } from "../cxone/webchat/Conversations.ts"
import type { Directory } from "../cxone/webchat/Directory.ts"
import { type Check, PATIENCE } from "./Check.ts"
import { cxoneChecks } from "./cxoneChecks.ts"
import { type Group, report } from "./Report.ts"
import { secretsOf } from "./secrets.ts"
import { type DoctorTarget, LOOK_UPS_AT_ONCE, targetChecks } from "./targetChecks.ts"
import { webhookCheck } from "./webhookCheck.ts"

/** What is looked at. */
export interface DoctorInput {
  /** Checks that come first, such as those of the settings and the routing table; `ready` makes one of a finding. */
  readonly leading?: ReadonlyArray<Check>
  /** Where the router listens. */
  readonly host: string
  readonly port: number
  /** The start of CXone's URLs, without credentials in it. */
  readonly baseUrl: string
  /** What the webhook asks for. */
  readonly credentials: WebhookCredentials
  /** Every queue and agent of the routing table. */
  readonly targets: ReadonlyArray<DoctorTarget>
  /** The router's public URL, with or without the webhook's path; `host` and `port` on this machine where it is left out. */
  readonly url?: string
  /** Texts besides the access token and the webhook's credentials that must not be shown, such as the client secret. */
  readonly secrets?: ReadonlyArray<Redacted.Redacted>
  /** How long a check waits for one answer; `PATIENCE` where it is left out. */
  readonly patience?: Duration.Input
}

/** What the checks use. */
export type DoctorServices = AccessToken | Conversations | Directory | HttpClient.HttpClient

/**
 * Looks at everything and prints it: a line for each check as soon as it is done, then what to do about each that failed. Nothing is changed in
 * CXone, and nobody is handed over. Gives back whether all is well: what was skipped is no failure.
 */
export const run = Effect.fnUntraced(function* ({
  baseUrl,
  credentials,
  host,
  leading = [],
  port,
  secrets = [],
  targets,
  url,
  ...input
}: DoctorInput): Effect.fn.Return<boolean, never, DoctorServices | Terminal.Terminal> {
  const patience = Duration.fromInputUnsafe(input.patience ?? PATIENCE)
  const groups: ReadonlyArray<Group<DoctorServices>> = [
    { concurrency: 1, checks: [...leading, ...(yield* cxoneChecks(baseUrl, patience))] },
    { concurrency: LOOK_UPS_AT_ONCE, checks: targetChecks(targets, patience, [...secretsOf(credentials), ...secrets]) },
    { concurrency: 1, checks: [webhookCheck({ host, port, credentials, url, patience })] }
  ]
  return yield* report(groups)
})
