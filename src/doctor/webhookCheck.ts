/** Whether the router answers at its webhook, and lets in who has its credentials and nobody else. */
import { Clock, type Duration, Effect, Option, Redacted, Result, Schema } from "effect"
import { Base64 } from "effect/encoding"
import { type HttpClient, HttpClientRequest } from "effect/http"
import { WEBHOOK_PATH } from "../cognigy/Api.ts"
import { signatureHeaders } from "../cognigy/Signature.ts"
import type { WebhookCredentials } from "../cognigy/WebhookAuth.ts"
import { type Check, type Finding, failed, ok, skipped } from "./Check.ts"
import { type AnsweredInFull, ask, type NoAnswer, troubleOf } from "./Probe.ts"

/** Where the webhook is to be found, and what it asks for. */
export interface WebhookCheckOptions {
  /** Where the router listens: the webhook is looked for there when no `url` is given. */
  readonly host: string
  readonly port: number
  readonly credentials: WebhookCredentials
  /** The router's public URL, with or without the webhook's path. */
  readonly url: string | undefined
  readonly patience: Duration.Duration
}

/** A webhook that asks for nothing: its answer says whether it was let in, and nobody is handed over. */
const BODY = "{}"

/** What an address that listens to all is reached by on this machine. */
const LOOPBACK: Readonly<Record<string, string>> = { "0.0.0.0": "127.0.0.1", "::": "::1" }

/** The webhook at the start of an URL; nothing where that is no URL, or has more than a host and a path in it. */
const webhookAt = (start: string): string | undefined => {
  const url = URL.parse(start)
  if (url === null || !/^https?:$/.test(url.protocol)) return undefined
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") return undefined
  const path = url.pathname.replace(/\/+$/, "")
  return url.origin + (path.endsWith(WEBHOOK_PATH) ? path : path + WEBHOOK_PATH)
}

const startOf = ({ host, port, url }: WebhookCheckOptions) => {
  if (url !== undefined) return url
  const address = LOOPBACK[host] ?? host
  return `http://${address.includes(":") ? `[${address}]` : address}:${port}`
}

/** Nothing is there, so that a router that has not been started yet is no failure. */
const isNobody = ({ code }: NoAnswer) => /^(ECONNREFUSED|EADDRNOTAVAIL|EHOSTUNREACH|ENETUNREACH)$/.test(code ?? "")

/** What the router answers with, as far as it matters here. */
const decodeProblem = Schema.decodeUnknownOption(
  Schema.fromJsonString(Schema.Struct({ status: Schema.Int, error: Schema.String }))
)

type Meaning = "let in" | "refused" | "overloaded" | "another program"

/** What an answer to `BODY` means. */
const meaningOf = ({ status, text }: AnsweredInFull): Meaning => {
  const problem = Option.getOrUndefined(decodeProblem(text))
  if (problem?.status !== status) return "another program"
  if (status === 400 && problem.error === "Missing required fields") return "let in"
  if (status === 401 && problem.error === "Unauthorized") return "refused"
  return status === 503 && problem.error === "Overloaded" ? "overloaded" : "another program"
}

/** The headers of each of the credentials, at this time in Unix seconds. */
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

/** What to do where the router that runs is not the one of these settings. */
const RESTART = "restart the router with these settings, or run doctor with those that it was started with"
const COMPARE_CLOCKS = "where it runs on another machine, compare the clocks: signatures tolerate 5 minutes"

/** The check of the webhook; credentials go only to what has answered as the router does. */
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

  /** What an answer shows, where it is to be let in or refused as these say; nothing where that leaves open whether all is well. */
  const judge = (
    webhook: string,
    answered: AnsweredInFull,
    cases: Pick<Record<Meaning, Finding | undefined>, "let in" | "refused">
  ) => {
    const all: Record<Meaning, Finding | undefined> = {
      ...cases,
      "another program": strange(webhook, answered),
      overloaded: failed(`${webhook}: the router is overloaded`, "run doctor again when it has less to do")
    }
    return all[meaningOf(answered)]
  }

  const post = (webhook: string, headers: Readonly<Record<string, string>>) =>
    ask(
      HttpClientRequest.post(webhook).pipe(
        HttpClientRequest.bodyText(BODY, "application/json"),
        HttpClientRequest.setHeaders(headers)
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
            refused: failed(
              `${webhook}: the router that runs there asks for credentials, and these settings have none`,
              RESTART
            )
          }
        : {
            "let in": failed(
              `${webhook} lets in who has no credentials: the router that runs there was started with WEBHOOK_AUTH=none`,
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
          `the router that runs there refuses ${which}: it has other credentials`,
          mode === "signature" ? `${RESTART}\n${COMPARE_CLOCKS}` : RESTART
        )
      })
      if (friend !== undefined) return friend
    }
    const all = proofs.length === 1 ? `the ${called[mode]}` : `each of the ${proofs.length} ${called[mode]}s`
    return ok(`${webhook} takes ${all}, and nobody without`)
  })

  const explain = (webhook: string, error: NoAnswer): Finding => {
    if (!isGiven && isNobody(error)) {
      return skipped(`not running: nothing listens at ${webhook}`, "npm start, then run doctor again")
    }
    const { instead, what } = troubleOf(error, address, patience)
    return failed(`${webhook}: ${what}`, instead)
  }

  const run = Effect.suspend(() => {
    if (!isGiven && port === 0) {
      const instead = "give the router's URL (--url), or set PORT"
      return Effect.succeed(skipped("PORT is 0: the router takes any free port", instead))
    }
    const webhook = webhookAt(startOf(options))
    if (webhook === undefined) {
      const instead =
        "give an http or https URL without credentials, query and fragment, such as https://router.example.com"
      return Effect.succeed(failed(`no webhook can be at ${address}`, instead))
    }
    return Effect.catch(lookAt(webhook), (error) => Effect.succeed(explain(webhook, error)))
  })

  return { name: "webhook", run }
}
