/** The check of the webhook: the router answers there, accepts its credentials, and refuses requests without them. */
import { Clock, type Duration, Effect, Option, Redacted, Result, Schema } from "effect"
import { Base64 } from "effect/encoding"
import { type HttpClient, HttpClientRequest } from "effect/http"
import type { WebhookCredentials } from "../cognigy/door/Credentials.ts"
import { DOCTOR_HEADER } from "../cognigy/door/doctorProbe.ts"
import { signatureHeaders } from "../cognigy/door/Signature.ts"
import { inWords, makeWayTo, type Way } from "../std/Proxies.ts"
import { type Check, type Finding, failed, ok, skipped } from "./Check.ts"
import { type AnsweredInFull, ask, type NoAnswer } from "./probe.ts"
import { troubleOf } from "./troubles.ts"
import { type WebhookAddress, webhookUrl } from "./webhookAddress.ts"

/** The address of the webhook, and its credentials. */
export interface WebhookCheckOptions extends WebhookAddress {
  readonly credentials: WebhookCredentials
  readonly patience: Duration.Duration
}

/** A webhook without members. It is answered with 400 after the credentials are checked, and hands nothing over. */
const BODY = "{}"

/** Nothing listens there: the router may not have been started yet, which is no failure. */
const isNobody = ({ code }: NoAnswer) => /^(ECONNREFUSED|EADDRNOTAVAIL|EHOSTUNREACH|ENETUNREACH)$/.test(code ?? "")

/** The members of a problem that the check reads. */
const decodeProblem = Schema.decodeUnknownOption(
  Schema.fromJsonString(Schema.Struct({ status: Schema.Int, error: Schema.String }))
)

type Meaning = "let in" | "refused" | "overloaded" | "another program"

/** The meaning of an answer to `BODY`. */
const meaningOf = ({ status, text }: AnsweredInFull): Meaning => {
  const problem = Option.getOrUndefined(decodeProblem(text))
  if (problem?.status !== status) return "another program"
  if (status === 400 && problem.error === "Missing required fields") return "let in"
  if (status === 401 && problem.error === "Unauthorized") return "refused"
  return status === 503 && problem.error === "Overloaded" ? "overloaded" : "another program"
}

/** The headers that prove each of the credentials; `now` in Unix seconds. */
const proofsOf = (
  credentials: WebhookCredentials,
  now: number
): ReadonlyArray<Result.Result<Readonly<Record<string, string>>, string>> => {
  switch (credentials.mode) {
    case "none":
      return []
    case "api-key":
      return credentials.keys.map((key) => Result.succeed({ "x-api-key": Redacted.value(key) }))
    case "basic": {
      const pair = `${credentials.user}:${Redacted.value(credentials.password)}`
      return [Result.succeed({ authorization: `Basic ${Base64.encode(pair)}` })]
    }
    case "signature":
      return credentials.secrets.map((secret) =>
        signatureHeaders(secret, { id: `doctor_${now}`, timestamp: now }, BODY)
      )
  }
}

const called = { none: "", "api-key": "API key", basic: "user and password", signature: "signing secret" }

/** The remedy when the running router has other settings. */
const RESTART = "restart the router with these settings, or run doctor with the router's settings"
const COMPARE_CLOCKS = "if it runs on another machine, compare the clocks: signatures tolerate 5 minutes"

/** The check. It sends credentials only to a server that has answered as the router does. */
export const webhookCheck = (options: WebhookCheckOptions): Check<HttpClient.HttpClient> => {
  const { credentials, patience, port, url } = options
  const isGiven = url !== undefined
  const address = isGiven ? "the URL" : "HOST and PORT"

  const strange = (webhook: string, { status }: AnsweredInFull): Finding =>
    failed(
      `${webhook}: another program answers there, with ${status}`,
      isGiven
        ? "check the URL: the router must answer there itself, without a redirect or another login before it"
        : "stop the other program, or set PORT to a port that is free"
    )

  /** The finding for an answer; `undefined` if the check has to go on. */
  const judge = (
    webhook: string,
    answered: AnsweredInFull,
    cases: Pick<Record<Meaning, Finding | undefined>, "let in" | "refused">
  ) => {
    const all: Record<Meaning, Finding | undefined> = {
      ...cases,
      "another program": strange(webhook, answered),
      overloaded: failed(`${webhook}: the router is overloaded`, "run doctor again under less load")
    }
    return all[meaningOf(answered)]
  }

  const post = (webhook: string, headers: Readonly<Record<string, string>>) =>
    ask(
      HttpClientRequest.post(webhook).pipe(
        HttpClientRequest.bodyText(BODY, "application/json"),
        HttpClientRequest.setHeaders({ ...DOCTOR_HEADER, ...headers })
      ),
      patience
    )

  const lookAt = Effect.fnUntraced(function* (webhook: string) {
    const { mode } = credentials
    const stranger = judge(
      webhook,
      yield* post(webhook, {}),
      mode === "none"
        ? {
            "let in": ok(`${webhook} answers, and lets everyone in (WEBHOOK_AUTH=none)`),
            refused: failed(`${webhook}: the running router demands credentials, and these settings have none`, RESTART)
          }
        : {
            "let in": failed(
              `${webhook} accepts webhooks without credentials: the running router was started with WEBHOOK_AUTH=none`,
              RESTART
            ),
            refused: undefined
          }
    )
    if (stranger !== undefined) return stranger

    const now = Math.floor((yield* Clock.currentTimeMillis) / 1000)
    const proofs = proofsOf(credentials, now)
    for (const [index, proof] of proofs.entries()) {
      const which = proofs.length === 1 ? `the ${called[mode]}` : `${called[mode]} ${index + 1} of ${proofs.length}`
      if (Result.isFailure(proof)) return failed(`${which} ${proof.failure}`, "correct WEBHOOK_SIGNING_SECRETS")
      const friend = judge(webhook, yield* post(webhook, proof.success), {
        "let in": undefined,
        refused: failed(
          `the running router refuses ${which}: it has other credentials`,
          mode === "signature" ? `${RESTART}\n${COMPARE_CLOCKS}` : RESTART
        )
      })
      if (friend !== undefined) return friend
    }
    const all = proofs.length === 1 ? `the ${called[mode]}` : `each of the ${proofs.length} ${called[mode]}s`
    return ok(`${webhook} accepts ${all}, and refuses requests without credentials`)
  })

  const explain = (webhook: string, error: NoAnswer, way: Way): Finding => {
    if (!isGiven && isNobody(error)) {
      return skipped(`not running: nothing listens at ${webhook}`, "npm start, then run doctor again")
    }
    const { instead, what } = troubleOf(error, address, patience, way)
    return failed(`${webhook}: ${what}`, instead)
  }

  const run = Effect.suspend(() => {
    if (!isGiven && port === 0) {
      const instead = "give the router's URL (--url), or set PORT"
      return Effect.succeed(skipped("PORT is 0: the router takes any free port", instead))
    }
    const webhook = webhookUrl(options)
    if (webhook === undefined) {
      const instead =
        "give an http or https URL without credentials, query and fragment, such as https://router.example.com"
      return Effect.succeed(failed(`no webhook can be at ${address}`, instead))
    }
    return Effect.gen(function* () {
      const way = (yield* makeWayTo)(webhook)
      const finding = yield* Effect.catch(lookAt(webhook), (error) => Effect.succeed(explain(webhook, error, way)))
      return isGiven ? { ...finding, detail: `${finding.detail}, ${inWords(way)}` } : finding
    })
  })

  return { name: "webhook", run }
}
