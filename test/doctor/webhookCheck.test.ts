import { readFileSync } from "node:fs"
import type { RequestListener } from "node:http"
import { NodeHttpClient } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Redacted } from "effect"
import { WEBHOOK_PATH } from "../../src/cognigy/Api.ts"
import type { WebhookCredentials } from "../../src/cognigy/door/Credentials.ts"
import { DOCTOR_HEADER } from "../../src/cognigy/door/doctorProbe.ts"
import { PATIENCE } from "../../src/doctor/Check.ts"
import { type WebhookCheckOptions, webhookCheck } from "../../src/doctor/webhookCheck.ts"
import { CXoneSimulator } from "../../src/simulator/CXoneSimulator.ts"
import { Router, withRouter } from "../e2e/support/router.ts"
import { ownMetrics, parseMetrics } from "../observability/support.ts"
import { type Reply, scripted } from "../support/scripted.ts"
import { patient, timed } from "../support/time.ts"
import { assertFinding, breaking, endless, server } from "./support.ts"

const whsec = (byte: number) => Redacted.make(`whsec_${Buffer.alloc(32, byte).toString("base64")}`)

const none: WebhookCredentials = { mode: "none" }
const apiKey = (...keys: ReadonlyArray<string>): WebhookCredentials => ({
  mode: "api-key",
  keys: keys.map((key) => Redacted.make(key))
})
const basic = (password: string): WebhookCredentials => ({
  mode: "basic",
  user: "Zoë",
  password: Redacted.make(password)
})
const signed = (...bytes: ReadonlyArray<number>): WebhookCredentials => ({
  mode: "signature",
  secrets: bytes.map(whsec)
})

const usual: WebhookCheckOptions = {
  host: "127.0.0.1",
  port: 3000,
  credentials: apiKey("k3y-0ne"),
  url: undefined,
  patience: PATIENCE
}

const look = (options: Partial<WebhookCheckOptions>) => webhookCheck({ ...usual, ...options }).run

/** What the check finds of the router at hand, looking with these credentials. */
const lookAtRouter = (credentials: WebhookCredentials) =>
  Effect.flatMap(Router, ({ port }) => Effect.provide(look({ port, credentials }), NodeHttpClient.layerUndici))

describe("the webhook of a running router", () => {
  for (const [what, credentials, taken] of [
    ["an API key", apiKey("k3y-0ne"), /the API key, and refuses requests without credentials$/],
    [
      "several API keys",
      apiKey("k3y-0ne", "k3y-tw0"),
      /each of the 2 API keys, and refuses requests without credentials$/
    ],
    ["a password", basic("pässword:1"), /the user and password, and refuses requests without credentials$/],
    ["a signature", signed(1), /the signing secret, and refuses requests without credentials$/],
    ["signatures", signed(1, 2), /each of the 2 signing secrets, and refuses requests without credentials$/],
    ["nothing", none, /lets everyone in \(WEBHOOK_AUTH=none\)$/]
  ] as const) {
    it.live(`that asks for ${what} is well, and hands nobody over`, () =>
      Effect.gen(function* () {
        assertFinding(yield* lookAtRouter(credentials), { status: "ok", detail: taken })
        const { calls } = yield* CXoneSimulator.use(({ state }) => state)
        assert.deepStrictEqual(calls, [])
      }).pipe(withRouter({ settings: { credentials } }))
    )
  }

  for (const [what, running, ours, detail, instead] of [
    ["another key", apiKey("other"), apiKey("k3y-0ne"), /refuses the API key: it has other credentials/, /^restart/],
    ["one key less", apiKey("k3y-0ne"), apiKey("k3y-0ne", "new"), /refuses API key 2 of 2/, /^restart/],
    ["another password", basic("other"), basic("pass"), /refuses the user and password/, /^restart/],
    ["another secret", signed(2), signed(1), /refuses the signing secret/, /^restart .*\nif it runs .* clocks/],
    ["another mode", basic("pass"), apiKey("k3y-0ne"), /refuses the API key/, /^restart/],
    ["credentials, and we none", apiKey("k3y-0ne"), none, /these settings have none/, /^restart/],
    [
      "none, and we some",
      none,
      apiKey("k3y-0ne"),
      /accepts webhooks without credentials.*WEBHOOK_AUTH=none/,
      /^restart/
    ]
  ] as const) {
    it.live(`that has ${what} is not ours`, () =>
      Effect.gen(function* () {
        assertFinding(yield* lookAtRouter(ours), { status: "failed", detail, instead })
      }).pipe(withRouter({ settings: { credentials: running } }))
    )
  }

  it.live("is found by its URL too, with the webhook's path or without, whatever HOST and PORT are", () =>
    Effect.gen(function* () {
      const { port } = yield* Router
      for (const end of ["", "/", WEBHOOK_PATH, `${WEBHOOK_PATH}/`]) {
        const finding = yield* look({ port: 1, credentials: none, url: `http://127.0.0.1:${port}${end}` })
        assertFinding(finding, { status: "ok", detail: new RegExp(`^http://127.0.0.1:${port}${WEBHOOK_PATH} answers`) })
      }
    }).pipe(Effect.provide(NodeHttpClient.layerUndici), withRouter())
  )

  it.live("that has as much to do as it takes on is overloaded", () =>
    Effect.gen(function* () {
      assertFinding(yield* lookAtRouter(none), {
        status: "failed",
        detail: /the router is overloaded$/,
        instead: /again/
      })
    }).pipe(withRouter({ settings: { capacity: 0 } }))
  )
})

describe("a check that is made every few minutes", () => {
  /** For each alert on refusals, the reasons that count for it. */
  const alerts = [
    ...readFileSync(new URL("../../src/deploy/alerts.yaml", import.meta.url), "utf8").matchAll(
      /router_webhook_refusals_total\{reason(=~|!~|=|!=)"([^"]+)"/g
    )
  ].map(([, sign = "", pattern = ""]) => {
    const isMatch = (reason: string) => new RegExp(`^(?:${pattern})$`).test(reason)
    return (reason: string) => isMatch(reason) !== sign.startsWith("!")
  })

  /** The reasons that have been counted, and how often. */
  const counted = Effect.gen(function* () {
    const { text } = yield* Effect.flatMap(Router, ({ get }) => get("/metrics"))
    return parseMetrics(text).flatMap(({ labels: { reason }, name, value }) =>
      name === "router_webhook_refusals_total" && reason !== undefined && value > 0 ? [[reason, value] as const] : []
    )
  })

  it("is looked for in all alerts on refusals", () => {
    assert.isAtLeast(alerts.length, 5)
    assert.isTrue(alerts.some((counts) => counts("credentials_missing")))
    assert.isTrue(alerts.some((counts) => counts("missing_required_fields")))
  })

  for (const [what, credentials, requests] of [
    ["API keys", apiKey("k3y-0ne", "k3y-tw0"), 3],
    ["a password", basic("pässword:1"), 2],
    ["signatures", signed(1, 2), 3],
    ["nothing", none, 1]
  ] as const) {
    it.live(`sets off no alert and warns of nothing, where the router asks for ${what}`, () =>
      Effect.gen(function* () {
        const { log } = yield* Router
        for (let times = 0; times < 3; times++) {
          assertFinding(yield* lookAtRouter(credentials), { status: "ok", detail: /./ })
        }
        const reasons = yield* counted
        assert.deepStrictEqual(reasons, [["doctor", requests * 3]])
        for (const [reason] of reasons) assert.isFalse(alerts.some((counts) => counts(reason)))
        assert.isFalse(log.some((line) => line.includes("refused")))
      }).pipe(withRouter({ settings: { credentials, metrics: "on" } }), Effect.provide(ownMetrics))
    )
  }

  it.live("counts as what it is with other credentials, or any other problem: nobody can hide behind its name", () =>
    Effect.gen(function* () {
      const { log, post } = yield* Router
      yield* post({}, { ...DOCTOR_HEADER, "x-api-key": "guess" })
      yield* post({}, { ...DOCTOR_HEADER, authorization: "Bearer guess" })
      yield* post({}, DOCTOR_HEADER)
      yield* post({ intent: 1 }, { ...DOCTOR_HEADER, "x-api-key": "k3y-0ne" })
      yield* post({}, { "x-api-key": "k3y-0ne" })
      assert.sameDeepMembers(yield* counted, [
        ["credentials_wrong", 2],
        ["doctor", 1],
        ["invalid_payload", 1],
        ["missing_required_fields", 1]
      ])
      assert.isTrue(log.some((line) => line.includes("refused → 401")))
    }).pipe(withRouter({ settings: { credentials: apiKey("k3y-0ne"), metrics: "on" } }), Effect.provide(ownMetrics))
  )

  it.live("of a stranger's keeps no other stranger's guess out of the log", () =>
    Effect.gen(function* () {
      const { log, post } = yield* Router
      yield* post({}, DOCTOR_HEADER)
      yield* post({}, { "x-api-key": "guess" })
      assert.lengthOf(
        log.filter((line) => line.includes("refused → 401")),
        1
      )
    }).pipe(withRouter({ settings: { credentials: apiKey("k3y-0ne") } }))
  )
})

describe("the webhook's address", () => {
  const refused: Reply = { status: 404 }

  for (const [host, shown] of [
    ["127.0.0.1", "127.0.0.1:3000"],
    ["0.0.0.0", "127.0.0.1:3000"],
    ["::", "[::1]:3000"],
    ["::1", "[::1]:3000"],
    ["router.internal", "router.internal:3000"]
  ] as const) {
    it.effect(`of a router that listens on ${host} is ${shown}`, () =>
      Effect.gen(function* () {
        const { detail } = yield* look({ host })
        assert.isTrue(detail.startsWith(`http://${shown}${WEBHOOK_PATH}: `), detail)
      }).pipe(Effect.provide(scripted(() => refused).layer))
    )
  }

  it.effect("with a path prefix keeps it", () =>
    Effect.gen(function* () {
      const { detail } = yield* look({ url: "https://example.com/bots/router/" })
      assert.isTrue(detail.startsWith(`https://example.com/bots/router${WEBHOOK_PATH}: `), detail)
    }).pipe(Effect.provide(scripted(() => refused).layer))
  )

  for (const url of [
    "router.example.com",
    "ftp://router.example.com",
    "https://user:passw0rd@router.example.com",
    "https://router.example.com/?key=passw0rd",
    "https://router.example.com/#passw0rd",
    ""
  ]) {
    it.effect(`cannot be "${url}", of which nothing is repeated`, () => {
      const { layer, sent } = scripted(() => refused)
      return Effect.gen(function* () {
        assertFinding(yield* look({ url }), {
          status: "failed",
          detail: /^no webhook can be at the URL$/,
          instead: /^give an http or https URL/
        })
        assert.deepStrictEqual(sent, [])
      }).pipe(Effect.provide(layer))
    })
  }

  it.effect("is not known where PORT is 0, unless there is a URL", () => {
    const { layer, sent } = scripted(() => refused)
    return Effect.gen(function* () {
      assertFinding(yield* look({ port: 0 }), { status: "skipped", detail: /^PORT is 0/, instead: /--url/ })
      assert.deepStrictEqual(sent, [])
      assertFinding(yield* look({ port: 0, url: "http://router.test" }), {
        status: "failed",
        detail: /404/,
        instead: /./
      })
    }).pipe(Effect.provide(layer))
  })
})

describe("where no router answers", () => {
  it.live("because none runs, a check before its start is skipped, and one of its URL has failed", () =>
    Effect.gen(function* () {
      // Nothing listens on the port of a server that is gone.
      const port = yield* Effect.scoped(server(endless))
      assertFinding(yield* look({ port }), {
        status: "skipped",
        detail: new RegExp(`^not running: nothing listens at http://127.0.0.1:${port}/`),
        instead: /^npm start, then run doctor again$/
      })
      assertFinding(yield* look({ url: `http://127.0.0.1:${port}` }), {
        status: "failed",
        detail: /nothing listens there \(ECONNREFUSED\)/,
        instead: /host and port of the URL/
      })
    }).pipe(Effect.provide(NodeHttpClient.layerUndici))
  )

  for (const [code, status, detail] of [
    ["EHOSTUNREACH", "skipped", /^not running/],
    ["ENOTFOUND", "failed", /cannot be resolved/],
    ["ECONNRESET", "failed", /was cut/]
  ] as const) {
    it.effect(`because of ${code}, a check of HOST and PORT is ${status}`, () =>
      Effect.gen(function* () {
        const instead = status === "skipped" ? /npm start/ : /HOST and PORT/
        assertFinding(yield* look({}), { status, detail, instead })
      }).pipe(Effect.provide(breaking(code)))
    )
  }

  for (const reply of ["hang", "stall"] as const) {
    it.effect(`because it ${reply}s, the check fails in time`, () =>
      Effect.gen(function* () {
        const { millis, value } = yield* timed(look({}))
        assertFinding(value, { status: "failed", detail: /no answer within 10s/, instead: /HOST and PORT/ })
        assert.isAtMost(Math.abs(millis - Duration.toMillis(PATIENCE)), 10)
      }).pipe(Effect.provide(scripted(() => reply).layer), patient)
    )
  }

  const problem = (status: number, error: string) => ({ status, body: { status, error } })

  for (const [what, reply] of [
    ["another page", { status: 200, body: "<html>k3y-0ne</html>" }],
    ["an error", { status: 500, body: "{" }],
    ["a login of its own", { status: 401, body: { error: "login required" } }],
    ["a redirect", { status: 301, headers: { location: "http://elsewhere.test" } }],
    ["a router without a webhook", problem(404, "Not found")],
    ["a status that is not its body's", { status: 200, body: { status: 400, error: "Missing required fields" } }]
  ] as const) {
    it.effect(`but another program with ${what}, it hears no credentials`, () => {
      const { headerNames, layer, sent } = scripted(() => reply)
      return Effect.gen(function* () {
        const { status } = reply
        const detail = new RegExp(`: another program answers there, with ${status}(, directly)?$`)
        assertFinding(yield* look({}), { status: "failed", detail, instead: /^stop the other program/ })
        assertFinding(yield* look({ url: "http://router.test" }), {
          status: "failed",
          detail,
          instead: /^check the URL/
        })
        const names = ["accept-encoding", "content-length", "content-type", "user-agent", "x-cognigy-cxone-router"]
        assert.sameMembers([...headerNames], names)
        assert.deepStrictEqual(
          sent.map(({ body, method, path }) => `${method} ${path} ${body}`),
          [`POST ${WEBHOOK_PATH} {}`, `POST ${WEBHOOK_PATH} {}`]
        )
      }).pipe(Effect.provide(layer))
    })
  }

  it.effect("to the credentials, the check fails", () =>
    Effect.gen(function* () {
      const detail = /another program answers there, with 502$/
      assertFinding(yield* look({}), { status: "failed", detail, instead: /./ })
    }).pipe(
      Effect.provide(scripted((_, index) => (index === 0 ? problem(401, "Unauthorized") : { status: 502 })).layer)
    )
  )

  it.effect("because the secret is none, nothing is signed with it", () =>
    Effect.gen(function* () {
      const credentials: WebhookCredentials = { mode: "signature", secrets: [Redacted.make("whsec_dG9vIHNob3J0")] }
      assertFinding(yield* look({ credentials }), {
        status: "failed",
        detail: /^the signing secret has fewer than 24 bytes$/,
        instead: /WEBHOOK_SIGNING_SECRETS/
      })
    }).pipe(Effect.provide(scripted(() => problem(401, "Unauthorized")).layer))
  )

  const deaf: RequestListener = (_request, response) => {
    response.writeHead(200, { "content-type": "application/json" }).flushHeaders()
  }

  it.live("but a server that never comes to an end, that ends in bytes or in time", () =>
    Effect.gen(function* () {
      const port = yield* server(endless)
      assertFinding(yield* look({ port }), { status: "failed", detail: /another program.*200$/, instead: /./ })
      const patience = Duration.millis(50)
      const silent = yield* server(deaf)
      assertFinding(yield* look({ port: silent, patience }), {
        status: "failed",
        detail: /no answer within 50ms$/,
        instead: /./
      })
    }).pipe(Effect.provide(NodeHttpClient.layerUndici))
  )
})
