import { createServer } from "node:net"
import { NodeHttpClient } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Duration, Effect, Layer, Redacted } from "effect"
import { TestClock } from "effect/testing"
import { PATIENCE } from "../../src/doctor/Check.ts"
import { MAX_SKEW } from "../../src/doctor/clock.ts"
import { cxoneChecks } from "../../src/doctor/cxoneChecks.ts"
import { PROBE_USER } from "../../src/doctor/lookUp.ts"
import { report } from "../../src/doctor/Report.ts"
import { Proxies } from "../../src/std/Proxies.ts"
import { services } from "../support/cxone.ts"
import { type Reply, type Sent, scripted, token } from "../support/scripted.ts"
import { patient, timed } from "../support/time.ts"
import { assertFinding, breaking, endless, findingOf, output, server } from "./support.ts"

const BASE_URL = "http://cxone.test"

const checks = cxoneChecks(BASE_URL, PATIENCE)

const find = (name: string) => Effect.flatMap(checks, (checks) => findingOf(checks, name))

/** A CXone that answers by script, and its services. */
const cxone = (reply: (sent: Sent, index: number) => Reply | Effect.Effect<Reply>) => {
  const { headerNames, layer, sent } = scripted(reply)
  return { headerNames, sent, layer: Layer.provideMerge(services(layer), layer) }
}

const isProbe = ({ authorization, path }: Sent) => path === "/api/v2/users/me" && authorization === undefined

/** A CXone where all is well but for what the script says. */
const well = (script: (sent: Sent) => Reply | undefined = () => undefined) =>
  cxone((sent) => {
    if (isProbe(sent)) return { status: 401 }
    const scriptedReply = script(sent)
    if (scriptedReply !== undefined) return scriptedReply
    if (sent.path === "/oauth/token") return token("token-1")
    if (sent.path === "/api/v2/users/me") return { status: 200, body: { id: "me" } }
    return { status: 200, body: { items: [] } }
  })

const NOW = Date.parse("2026-07-01T12:00:00Z")

describe("the clock", () => {
  const maxSkew = Duration.toMillis(MAX_SKEW)
  const date = (offset: number) => ({ date: new Date(NOW + offset).toUTCString() })

  for (const [what, headers, status, detail] of [
    ["is the same", date(0), "ok", /^the same time as CXone$/],
    ["is the same as far as whole seconds can tell", date(-1000), "ok", /^the same time/],
    ["is a little ahead", date(-5000), "ok", /^4s ahead of CXone$/],
    ["is a little behind", date(maxSkew), "ok", /^30s behind CXone$/],
    ["is behind", date(maxSkew + 1000), "failed", /^31s behind CXone: /],
    ["is ahead", date(-maxSkew - 2000), "failed", /^31s ahead of CXone: /],
    ["is an hour ahead", date(-3_606_000), "failed", /^1h 5s ahead/],
    ["is years behind", date(400 * 86_400_000), "failed", /^400d behind/],
    ["has nothing to be compared with", {}, "skipped", /no current Date header/],
    ["has nothing that can be read", { date: "noon" }, "skipped", /no current Date header/],
    ["has only what a cache kept", { ...date(-3_600_000), age: "3600" }, "skipped", /no current Date header/]
  ] as const) {
    it.effect(`${what}: ${status}`, () => {
      const { layer } = cxone(() => ({ status: 401, headers }))
      return Effect.gen(function* () {
        yield* TestClock.setTime(NOW)
        const finding = yield* find("clock")
        assertFinding(finding, { status, detail, instead: status === "failed" ? /NTP/ : /^$/ })
      }).pipe(Effect.provide(layer))
    })
  }

  it.effect("is not blamed for an answer that took long", () => {
    const { layer } = cxone(() =>
      Effect.as(Effect.sleep("9 seconds"), { status: 401, headers: date(4000) } satisfies Reply)
    )
    return Effect.gen(function* () {
      yield* TestClock.setTime(NOW)
      const { value } = yield* timed(find("clock"))
      assertFinding(value, { status: "ok", detail: /^the same time/ })
    }).pipe(Effect.provide(layer), patient)
  })
})

describe("the way to CXone", () => {
  for (const status of [200, 301, 401, 404, 503]) {
    it.effect(`is open where anything answers, such as ${status}`, () => {
      const { layer, sent } = cxone(() => ({ status, headers: { location: "http://elsewhere.test" } }))
      return Effect.gen(function* () {
        const finding = yield* find("reachability")
        assertFinding(finding, {
          status: "ok",
          detail: new RegExp(`^http://cxone.test answered ${status} in \\d+ ms, directly$`)
        })
        assert.strictEqual(sent.length, 1)
      }).pipe(Effect.provide(layer))
    })
  }

  it.effect("is open where an answer never ends", () => {
    const { layer } = cxone(() => "stall")
    return Effect.gen(function* () {
      assertFinding(yield* find("reachability"), { status: "ok", detail: /answered 200/ })
    }).pipe(Effect.provide(layer))
  })

  it.effect("is tried once for both checks, without credentials", () => {
    const { headerNames, layer, sent } = cxone(() => ({ status: 401 }))
    return Effect.gen(function* () {
      const all = yield* checks
      yield* findingOf(all, "clock").pipe(Effect.withSpan("a trace"))
      yield* findingOf(all, "reachability")
      assert.deepStrictEqual(sent, [{ method: "GET", path: "/api/v2/users/me", authorization: undefined, body: "" }])
      assert.sameMembers([...headerNames], ["accept", "accept-encoding", "user-agent"])
    }).pipe(Effect.provide(layer))
  })

  it.effect("is closed where nothing answers in time, and the rest is skipped", () => {
    const { layer, sent } = cxone(() => "hang")
    const { layer: terminal, lines } = output()
    return Effect.gen(function* () {
      const { millis, value } = yield* timed(Effect.flatMap(checks, (checks) => report([{ checks, concurrency: 1 }])))
      assert.isFalse(value)
      assert.isAtMost(Math.abs(millis - Duration.toMillis(PATIENCE)), 10)
      assert.deepStrictEqual(lines().slice(0, 8), [
        "- clock          skipped: needs an answer from CXone",
        "✗ reachability   http://cxone.test: no answer within 10s, directly",
        "- token          skipped: needs an answer from CXone",
        "- scopes         skipped: needs an access token",
        "",
        "1 of 4 checks failed:",
        "",
        "  reachability  http://cxone.test: no answer within 10s, directly"
      ])
      assert.strictEqual(sent.length, 1)
    }).pipe(Effect.provide([layer, terminal]), patient)
  })

  for (const [code, detail, instead] of [
    [
      "ENOTFOUND",
      /the name of the host cannot be resolved \(ENOTFOUND\)/,
      /host of CXONE_BASE_URL or CXONE_REGION.*DNS/
    ],
    ["EAI_AGAIN", /cannot be resolved/, /DNS/],
    ["ECONNREFUSED", /nothing listens there/, /host and port of CXONE_BASE_URL/],
    ["EHOSTUNREACH", /the address cannot be reached/, /network/],
    ["UND_ERR_CONNECT_TIMEOUT", /no connection in time/, /firewall/],
    ["ECONNRESET", /the connection was cut/, /proxy/],
    ["UND_ERR_SOCKET", /the connection was cut/, /proxy/],
    ["CERT_HAS_EXPIRED", /has expired or is not valid yet/, /clock/],
    ["ERR_TLS_CERT_ALTNAME_INVALID", /belongs to another host/, /host of/],
    ["DEPTH_ZERO_SELF_SIGNED_CERT", /not trusted/, /NODE_EXTRA_CA_CERTS/],
    ["SELF_SIGNED_CERT_IN_CHAIN", /not trusted/, /NODE_EXTRA_CA_CERTS/],
    ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", /not trusted/, /NODE_EXTRA_CA_CERTS/],
    ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", /not trusted/, /NODE_EXTRA_CA_CERTS/],
    ["ERR_SSL_WRONG_VERSION_NUMBER", /TLS failed/, /https/],
    ["EPROTO", /TLS failed/, /https/],
    ["HPE_INVALID_CONSTANT", /does not speak HTTP/, /uses http$/],
    ["EWHATEVER", /the connection failed \(EWHATEVER\)/, /network/]
  ] as const) {
    it.effect(`is closed by ${code}, in plain words`, () =>
      Effect.gen(function* () {
        const finding = yield* find("reachability")
        assertFinding(finding, { status: "failed", detail, instead })
        assertFinding(yield* find("clock"), { status: "skipped", detail: /needs an answer/ })
      }).pipe(Effect.provide([services(scripted(() => "drop").layer), breaking(code)]))
    )
  }

  for (const [code, scheme, detail, instead] of [
    ["PROXY_ANSWERED_407", "http", /does not accept the user and password/, /into https_proxy, percent-encoded/],
    [
      "PROXY_ANSWERED_403",
      "http",
      /refuses to connect to the host/,
      /the proxy \(https_proxy\) allow .* of CXONE_BASE_URL/
    ],
    [
      "PROXY_ANSWERED_502",
      "http",
      /cannot reach the host/,
      /of CXONE_BASE_URL .*the network of the proxy \(https_proxy\)/
    ],
    ["PROXY_ANSWERED_201", "http", /answers CONNECT with another status than 200/, /^check https_proxy: /],
    ["UND_ERR_HEADERS_TIMEOUT", "http", /the proxy did not answer in time/, /host and port of https_proxy, and/],
    ["UND_ERR_PRX_CONN", "http", /the connection was cut/, /host and port of https_proxy, and/],
    ["UND_ERR_SOCKET", "http", /the connection was cut/, /host and port of https_proxy, then of CXONE_BASE_URL/],
    ["TIMEOUT", "http", /no answer within/, /host and port of https_proxy, then of CXONE_BASE_URL/],
    ["ECONNREFUSED", "http", /nothing listens there/, /host and port of https_proxy, and/],
    ["ENOTFOUND", "http", /cannot be resolved/, /host of https_proxy/],
    ["HPE_INVALID_CONSTANT", "http", /not speak HTTP/, /^check the port of https_proxy, .* then .* CXONE_BASE_URL/],
    ["HTTPParserError", "http", /not speak HTTP/, /^check the port of https_proxy, .* then .* CXONE_BASE_URL/],
    ["ERR_SSL_WRONG_VERSION_NUMBER", "http", /TLS failed/, /^check the port of CXONE_BASE_URL/],
    [
      "ERR_SSL_WRONG_VERSION_NUMBER",
      "https",
      /TLS failed/,
      /^check https_proxy: most proxies are reached by http:\/\/.* then the port of CXONE_BASE_URL/
    ],
    ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "http", /not trusted/, /^check the host of CXONE_BASE_URL/],
    [
      "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
      "https",
      /not trusted/,
      /^check the host of https_proxy, then of CXONE_BASE_URL.* NODE_EXTRA_CA_CERTS/
    ],
    ["CERT_HAS_EXPIRED", "https", /has expired/, /certificate of https_proxy or of CXONE_BASE_URL/]
  ] as const) {
    it.effect(`is closed by ${code} of a proxy by ${scheme}, which is named without its user and password`, () => {
      const proxy = {
        url: Redacted.make(`${scheme}://us3r:s3cr3t@proxy:3128`),
        shown: `${scheme}://proxy:3128`,
        setting: "https_proxy"
      }
      const proxies = Layer.succeed(Proxies, { http: proxy, https: proxy, noProxy: "" })
      return Effect.gen(function* () {
        const finding = yield* find("reachability")
        assertFinding(finding, { status: "failed", detail, instead })
        assert.include(finding.detail, `, through ${scheme}://proxy:3128 (https_proxy)`)
        assert.notMatch(`${finding.detail}${finding.instead}`, /us3r|s3cr3t/)
      }).pipe(Effect.provide([services(scripted(() => "drop").layer), breaking(code), proxies]))
    })
  }

  it.effect("may need a proxy, which the remedy says where none is set", () =>
    Effect.gen(function* () {
      const { instead } = yield* find("reachability")
      assert.match(instead ?? "", /if calls must go through a proxy, set HTTPS_PROXY/)
    }).pipe(Effect.provide([services(scripted(() => "drop").layer), breaking("ETIMEDOUT")]))
  )

  const real = (baseUrl: string) =>
    Effect.flatMap(cxoneChecks(baseUrl, PATIENCE), (all) => findingOf(all, "reachability"))
  const overTheWire = Effect.provide([services(scripted(() => "drop").layer), NodeHttpClient.layerUndici])

  /** A server that is none of HTTP's: it greets, or just hangs up. */
  const raw = (greeting: string | undefined) =>
    Effect.acquireRelease(
      Effect.callback<{ readonly port: number; readonly close: () => void }>((resume) => {
        const server = createServer((socket) => {
          socket.on("error", () => {})
          if (greeting === undefined) socket.destroy()
          else socket.end(greeting)
        })
        server.listen(0, "127.0.0.1", () => {
          const address = server.address()
          const port = address !== null && typeof address === "object" ? address.port : 0
          resume(Effect.succeed({ port, close: () => void server.close() }))
        })
      }),
      ({ close }) => Effect.sync(close)
    )

  it.live("is closed by real servers that are no CXone, in plain words", () =>
    Effect.gen(function* () {
      const { port: silent } = yield* raw(undefined)
      assertFinding(yield* real(`http://127.0.0.1:${silent}`), { status: "failed", detail: /was cut/, instead: /./ })
      const { port: ssh } = yield* raw("SSH-2.0-OpenSSH_9.9\r\n")
      assertFinding(yield* real(`http://127.0.0.1:${ssh}`), {
        status: "failed",
        detail: /not speak HTTP/,
        instead: /./
      })
      assertFinding(yield* real(`https://127.0.0.1:${ssh}`), {
        status: "failed",
        detail: /TLS failed/,
        instead: /https/
      })
      assertFinding(yield* real("http://127.0.0.1:1"), {
        status: "failed",
        detail: /^http:\/\/127\.0\.0\.1:1: nothing listens there/,
        instead: /./
      })
    }).pipe(overTheWire)
  )

  it.live(
    "is open to a real server that answers without end, by the clock of its answer, which is not listened to",
    () =>
      Effect.gen(function* () {
        const left = yield* Deferred.make<void>()
        const port = yield* server((request, response) => {
          response.once("close", () => Deferred.doneUnsafe(left, Effect.void))
          endless(request, response)
        })
        const checks = yield* cxoneChecks(`http://127.0.0.1:${port}`, PATIENCE)
        assertFinding(yield* findingOf(checks, "clock"), { status: "ok", detail: /CXone$/ })
        assertFinding(yield* findingOf(checks, "reachability"), { status: "ok", detail: /answered 200/ })
        yield* Deferred.await(left)
      }).pipe(overTheWire)
  )
})

describe("the token", () => {
  it.effect("is had", () => {
    const { layer } = well()
    return Effect.gen(function* () {
      assertFinding(yield* find("token"), { status: "ok", detail: /^CXone issued one in \d+ ms$/ })
    }).pipe(Effect.provide(layer))
  })

  for (const [what, reply, detail, instead] of [
    ["is refused", { status: 401 }, /refused the client id and secret/, /CXONE_CLIENT_ID and CXONE_CLIENT_SECRET/],
    ["is refused as bad", { status: 400 }, /refused the client id and secret/, /client credentials grant/],
    ["is another program's", { status: 404 }, /not its contract.*404/, /CXONE_BASE_URL or CXONE_REGION/],
    ["is none", { status: 200, body: "<html>" }, /not its contract/, /CXONE_BASE_URL/],
    ["is limited", { status: 429, headers: { "retry-after": "60" } }, /limits our calls for 1m/, /CXONE_RATE_LIMIT/],
    ["fails", { status: 503 }, /not available \(token\): it answered 503/, /status page/],
    ["never comes", "hang", /no answer within (2|10)s/, /status page/]
  ] as const) {
    it.effect(`${what}: failed`, () => {
      const { layer } = well(({ path }) => (path === "/oauth/token" ? reply : undefined))
      return Effect.gen(function* () {
        const { millis, value } = yield* timed(find("token"))
        assertFinding(value, { status: "failed", detail, instead })
        assert.isAtMost(millis, Duration.toMillis(PATIENCE) + 10)
      }).pipe(Effect.provide(layer), patient)
    })
  }

  it.effect("that is refused leaves the scopes unchecked", () => {
    const { layer, sent } = well(({ path }) => (path === "/oauth/token" ? { status: 401 } : undefined))
    const { layer: terminal, lines } = output()
    return Effect.gen(function* () {
      assert.isFalse(yield* Effect.flatMap(checks, (checks) => report([{ checks, concurrency: 1 }])))
      assert.deepStrictEqual(lines().slice(2, 4), [
        "✗ token          CXone refused the client id and secret",
        "- scopes         skipped: needs an access token"
      ])
      assert.strictEqual(sent.length, 2)
    }).pipe(Effect.provide([layer, terminal]))
  })
})

describe("the scopes", () => {
  const me = "/api/v2/users/me"
  const chats = `/api/v2/conversations/webchat?userId=${PROBE_USER}&status=ACTIVE`

  it.effect("are there, as far as can be seen without a handover", () => {
    const { layer, sent } = well()
    return Effect.gen(function* () {
      const detail = /^users:read, conversations:webchat:read; create and write are not checked/
      assertFinding(yield* find("scopes"), { status: "ok", detail })
      assert.sameMembers(
        sent.map(({ method, path }) => `${method} ${path}`),
        ["POST /oauth/token", `GET ${me}`, `GET ${chats}`]
      )
    }).pipe(Effect.provide(layer))
  })

  for (const [missing, paths] of [
    ["users:read", [me]],
    ["conversations:webchat:read", [chats]],
    ["users:read, conversations:webchat:read", [me, chats]]
  ] as const) {
    it.effect(`lack ${missing}`, () => {
      const { layer } = well(({ path }) => (paths.some((one) => one === path) ? { status: 403, body: {} } : undefined))
      return Effect.gen(function* () {
        assertFinding(yield* find("scopes"), {
          status: "failed",
          detail: new RegExp(`it needs the scopes? ${missing}$`),
          instead: new RegExp(`^add ${missing} to the client \\(CXone Admin`)
        })
      }).pipe(Effect.provide(layer))
    })
  }

  for (const [what, reply, detail] of [
    ["a token that is refused", { status: 401 }, /refused a token that it had just issued \(whoami\)/],
    ["something else", { status: 200, body: {} }, /not its contract \(whoami/],
    ["an error", { status: 500 }, /not available \(whoami\): it answered 500/],
    ["nothing", "hang", /no answer within (2|10)s/]
  ] as const) {
    it.effect(`cannot be seen where CXone answers with ${what}`, () => {
      const { layer } = well(({ path }) => (path === me ? reply : undefined))
      return Effect.gen(function* () {
        const { millis, value } = yield* timed(find("scopes"))
        assertFinding(value, { status: "failed", detail, instead: /./ })
        assert.isAtMost(millis, Duration.toMillis(PATIENCE) + 10)
      }).pipe(Effect.provide(layer), patient)
    })
  }
})
