import { NodeFileSystem } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Effect, FileSystem, Redacted } from "effect"
import { proxies } from "../../src/app/ProxySettings.ts"
import { reading } from "../../src/app/processSources.ts"
import { parseDotEnv } from "../../src/std/DotEnv.ts"
import { SettingsError } from "../../src/std/Setting.ts"

type Env = Readonly<Record<string, string>>

const given = (env: Env) =>
  Effect.provideService(proxies, ConfigProvider.ConfigProvider, ConfigProvider.fromEnv({ env }))

/** The proxies for http and https, with the settings that name them. */
const shown = (env: Env) =>
  Effect.map(given(env), ({ http, https }) => [http, https].map((proxy) => proxy && `${proxy.shown} ${proxy.setting}`))

describe("the settings of proxies", () => {
  for (const [what, env, http, https] of [
    ["nothing", {}, undefined, undefined],
    ["nothing but empty texts", { HTTPS_PROXY: "", https_proxy: "  ", ALL_PROXY: "" }, undefined, undefined],
    ["one for https alone", { HTTPS_PROXY: "http://proxy:3128" }, undefined, "http://proxy:3128 HTTPS_PROXY"],
    [
      "one for http, which is for https too",
      { HTTP_PROXY: "http://proxy:3128/" },
      "http://proxy:3128 HTTP_PROXY",
      "http://proxy:3128 HTTP_PROXY"
    ],
    ["both", { HTTP_PROXY: "http://a:1", HTTPS_PROXY: "https://b" }, "http://a:1 HTTP_PROXY", "https://b HTTPS_PROXY"],
    [
      "names in lower case, which win",
      { HTTPS_PROXY: "http://upper:1", https_proxy: "http://lower:1", http_proxy: "http://[::1]:8080" },
      "http://[::1]:8080 http_proxy",
      "http://lower:1 https_proxy"
    ],
    [
      "an empty name in lower case, which does not count",
      { HTTPS_PROXY: "http://upper:1", https_proxy: "" },
      undefined,
      "http://upper:1 HTTPS_PROXY"
    ],
    [
      "one for all",
      { all_proxy: "http://all:1", HTTP_PROXY: "http://a:1" },
      "http://a:1 HTTP_PROXY",
      "http://all:1 all_proxy"
    ],
    [
      "one for all that is not needed, of any kind",
      { ALL_PROXY: "socks5://all:1", HTTP_PROXY: "http://a:1", HTTPS_PROXY: "http://a:1" },
      "http://a:1 HTTP_PROXY",
      "http://a:1 HTTPS_PROXY"
    ],
    [
      "a host and a port, as curl has it",
      { HTTPS_PROXY: " proxy.example.com:3128 " },
      undefined,
      "http://proxy.example.com:3128 HTTPS_PROXY"
    ],
    [
      "a user and a password",
      { HTTPS_PROXY: "us%40er:s3%2Fcr3t@proxy:3128" },
      undefined,
      "http://proxy:3128 HTTPS_PROXY"
    ]
  ] as const) {
    it.effect(`may be ${what}`, () => Effect.map(shown(env), (found) => assert.deepStrictEqual(found, [http, https])))
  }

  it.effect("keep user and password for the proxy, and show them nowhere", () =>
    Effect.gen(function* () {
      const all = yield* given({ HTTPS_PROXY: "http://us3r:s3cr3t@proxy:3128", NO_PROXY: "a.test b.test" })
      assert.strictEqual(all.https && Redacted.value(all.https.url), "http://us3r:s3cr3t@proxy:3128/")
      assert.notMatch(JSON.stringify(all), /us3r|s3cr3t/)
      assert.strictEqual(all.noProxy, "a.test b.test")
    })
  )

  for (const [text, problem] of [
    ["socks5://us3r:s3cr3t@proxy:1080", /a proxy of the kind socks5 is not supported/],
    ["http://", /not the URL of a proxy/],
    ["http://us3r:s3cr3t/x@proxy:3128", /not the URL of a proxy/],
    ["http://us3r:3128/s3cr3t@proxy:3128", /more than a host and a port/],
    ["http://proxy:3128/proxy.pac", /more than a host and a port/],
    ["http://us3r:s3cr3t%@proxy:3128", /not percent-encoded/],
    ["proxy:99999", /not the URL of a proxy/],
    ["a proxy", /not the URL of a proxy/]
  ] as const) {
    it.effect(`cannot be ${text}, of which no problem shows user or password`, () =>
      Effect.gen(function* () {
        for (const name of ["HTTPS_PROXY", "http_proxy", "ALL_PROXY"]) {
          const problems = yield* Effect.flip(given({ [name]: text }))
          assert.deepStrictEqual(
            problems.map(({ name }) => name),
            [name]
          )
          const { message } = new SettingsError({ problems })
          assert.match(message, problem)
          assert.match(message, /such as http:\/\/proxy\.example\.com:3128/)
          assert.notMatch(message, /us3r|s3cr3t/)
        }
      })
    )
  }

  it.effect("may be given by a file, as all secrets, and tell where they are wrong", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const path = `${yield* fs.makeTempDirectoryScoped()}/proxy`
      yield* fs.writeFileString(path, "http://us3r:s3cr3t@proxy:3128\n")
      const read = (environment: Env, file = "") => reading({ environment, file: parseDotEnv(file) })(proxies)
      const { https } = yield* read({ HTTPS_PROXY_FILE: path })
      assert.strictEqual(https?.shown, "http://proxy:3128")
      const [twice] = yield* Effect.flip(read({ HTTPS_PROXY_FILE: path, HTTPS_PROXY: "http://proxy" }))
      assert.match(twice?.problem ?? "", /HTTPS_PROXY and HTTPS_PROXY_FILE are both set/)
      const [lower] = yield* Effect.flip(read({ HTTPS_PROXY_FILE: path, https_proxy: "http://proxy" }))
      assert.strictEqual(lower?.name, "https_proxy")
      assert.match(lower?.problem ?? "", /https_proxy and HTTPS_PROXY_FILE are both set/)
      const [wrong] = yield* Effect.flip(read({}, "HTTPS_PROXY=socks5://us3r:s3cr3t@proxy"))
      assert.strictEqual(wrong?.problem, "is wrong: a proxy of the kind socks5 is not supported (from .env, line 1)")
    }).pipe(Effect.provide(NodeFileSystem.layer))
  )
})
