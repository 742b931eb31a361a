/** The checks of the Digital Engagement API: clock, issuer, token, discovery, the API's host, channel, permissions. */
import { type Duration, Effect, Option, Result } from "effect"
import type { HttpClient } from "effect/http"
import type { CallError } from "../cxone/CXoneError.ts"
import * as Deadline from "../cxone/Deadline.ts"
import { Contacts } from "../cxone/digital/Contacts.ts"
import type { DigitalSettings } from "../cxone/digital/DigitalSettings.ts"
import { Messages } from "../cxone/digital/Messages.ts"
import { TenantDirectory } from "../cxone/digital/TenantDirectory.ts"
import { AccessToken } from "../cxone/transport/AccessToken.ts"
import { oneLine } from "../std/oneLine.ts"
import { type Check, failed, ok, skipped, warned } from "./Check.ts"
import { explainDigital, lackingInRole } from "./explainDigital.ts"
import { needsToken, PROBE_USER, patiently } from "./lookUp.ts"
import { needsAnswer, reachability, rounded } from "./reachability.ts"

/** What the checks of the Digital Engagement API need. */
export type DigitalServices = AccessToken | Contacts | HttpClient.HttpClient | Messages | TenantDirectory

/** The most characters that are shown of a name from CXone. */
const MAX_NAME = 100

/** The prerequisite of checks that call the API. */
export const needsApi = { check: "API", what: "an answer from the API" }

const WHERE_CHANNELS = "ACD > Digital > Points of Contact Digital"

/** The checks, each of whose calls has `patience`. `conceal` keeps secrets out of texts that CXone chooses. */
export const digitalChecks = Effect.fnUntraced(function* (
  { baseUrl, channelId, contact, issuer }: DigitalSettings["Service"],
  patience: Duration.Duration,
  conceal: (text: string) => Effect.Effect<string, never, AccessToken>
) {
  const { clock, reachability: reachable } = yield* reachability(
    { baseUrl: issuer, path: "/.well-known/cxone-configuration", address: "CXONE_ISSUER" },
    patience
  )

  const granted = yield* Effect.cached(
    Effect.gen(function* () {
      const { get } = yield* AccessToken
      return yield* Effect.timed(Effect.result(Deadline.within(patience)(get)))
    })
  )

  // The token comes first, so that a failed discovery has one.
  const token = Effect.map(granted, ([took, result]) =>
    Result.isFailure(result) && result.failure.operation !== "discovery"
      ? explainDigital(result.failure, patience)
      : ok(`CXone issued one in ${rounded(took)}`)
  )

  const discovery = Effect.map(granted, ([, result]) => {
    if (Result.isFailure(result)) return explainDigital(result.failure, patience)
    return ok(baseUrl === undefined ? result.success.baseUrl : "not needed: CXONE_BASE_URL is set")
  })

  const api = Effect.gen(function* () {
    const [, result] = yield* granted
    if (Result.isFailure(result)) return explainDigital(result.failure, patience)
    const address = baseUrl === undefined ? "the API, which CXONE_BASE_URL would set" : "CXONE_BASE_URL"
    const place = { baseUrl: result.success.baseUrl, path: "/dfo/3.0/channels", address }
    const { reachability: reached } = yield* reachability(place, patience)
    return yield* reached
  })

  const channel = Effect.gen(function* () {
    if (channelId === undefined) return skipped("CXONE_CHANNEL_ID is not set: contacts of all channels are found")
    const directory = yield* TenantDirectory
    const found = yield* Effect.result(patiently(patience)(directory.channel(channelId)))
    if (Result.isFailure(found)) return explainDigital(found.failure, patience)
    if (Option.isNone(found.success)) {
      return failed(
        `the channel ${channelId} is unknown to CXone, or the role may not see it`,
        `copy the channel's id to CXONE_CHANNEL_ID (${WHERE_CHANNELS}), and let the employee's role see the channel`
      )
    }
    const { isLiveChat } = found.success.value
    const name = oneLine(yield* conceal(found.success.value.name), MAX_NAME)
    return isLiveChat && contact === "open"
      ? warned(
          `${name}: a live chat, where CXone's own chat window opens the contacts`,
          "take a channel of your own (bring your own channel), or CXONE_CONTACT=find for contacts that the chat opens"
        )
      : ok(name)
  })

  const permissions = Effect.gen(function* () {
    const contacts = yield* Contacts
    const messages = yield* Messages
    const directory = yield* TenantDirectory
    const calls: ReadonlyArray<Effect.Effect<unknown, CallError>> = [
      contacts.findActive(PROBE_USER, channelId),
      ...(channelId === undefined
        ? []
        : [directory.channel(channelId), messages.find({ id: PROBE_USER, thread: PROBE_USER })]),
      directory.fields()
    ]
    const results = yield* Effect.forEach(calls, (call) => Effect.result(patiently(patience)(call)), {
      concurrency: "unbounded"
    })
    const failures = results.flatMap((result) => (Result.isFailure(result) ? [result.failure] : []))
    const missing = failures.flatMap((error) => (error._tag === "PermissionMissing" ? error.permissions : []))
    if (missing.length > 0) return lackingInRole([...new Set(missing)])
    const [failure] = failures
    if (failure !== undefined) return explainDigital(failure, patience)
    return ok(
      "to see channels, contacts, messages and custom fields; writing is not checked: only a handover or probe shows it"
    )
  })

  const checks: ReadonlyArray<Check<DigitalServices>> = [
    { name: "clock", run: clock },
    { name: needsAnswer.check, run: reachable },
    { name: needsToken.check, run: token, needs: needsAnswer },
    { name: "discovery", run: discovery, needs: needsToken },
    { name: needsApi.check, run: api, needs: { check: "discovery", what: "the API's address" } },
    { name: "channel", run: channel, needs: needsApi },
    { name: "permissions", run: permissions, needs: needsApi }
  ]
  return checks
})
