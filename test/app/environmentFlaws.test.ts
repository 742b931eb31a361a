import { NodeFileSystem } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import { environmentFlaws } from "../../src/app/environmentFlaws.ts"
import { parseDotEnv } from "../../src/std/DotEnv.ts"
import { CurrentSources } from "../../src/std/Sources.ts"
import { certificate } from "../support/tlsFront.ts"

type Env = Readonly<Record<string, string>>

/** What has no effect, with these variables of the process and these of `.env`. */
const flaws = (environment: Env, file: Env = {}) =>
  environmentFlaws.pipe(
    Effect.map((flaws) => flaws.map(({ name, problem }) => `${name} ${problem}`)),
    Effect.provideService(CurrentSources, {
      environment,
      file: parseDotEnv(
        Object.entries(file)
          .map(([name, value]) => `${name}=${value}`)
          .join("\n")
      )
    })
  )

describe("variables that Node itself reads", () => {
  const ca = { NODE_EXTRA_CA_CERTS: certificate }

  for (const [environment, file, expected] of [
    [{}, {}, []],
    [ca, {}, []],
    [ca, ca, []],
    [{ NODE_EXTRA_CA_CERTS: "" }, { NODE_EXTRA_CA_CERTS: "" }, []],
    [{}, ca, [/^NODE_EXTRA_CA_CERTS has no effect in \.env/]],
    [{ NODE_USE_SYSTEM_CA: "1" }, {}, []],
    [{}, { NODE_USE_SYSTEM_CA: "1" }, [/^NODE_USE_SYSTEM_CA has no effect in \.env/]],
    [{ NODE_TLS_REJECT_UNAUTHORIZED: "1" }, {}, []],
    [{ NODE_TLS_REJECT_UNAUTHORIZED: "0" }, {}, [/^NODE_TLS_REJECT_UNAUTHORIZED is 0: no certificate is checked/]],
    [{}, { NODE_TLS_REJECT_UNAUTHORIZED: "0" }, [/^NODE_TLS_REJECT_UNAUTHORIZED has no effect in \.env/]],
    [{ NODE_EXTRA_CA_CERTS: "/nowhere.pem" }, {}, [/names \/nowhere\.pem, which is not there$/]],
    [{ NODE_EXTRA_CA_CERTS: "/" }, {}, [/names \/, which is a directory$/]]
  ] as const satisfies ReadonlyArray<readonly [Env, Env, ReadonlyArray<RegExp>]>) {
    it.effect(`${JSON.stringify(environment)} and in .env ${JSON.stringify(file)} are told when they do nothing`, () =>
      Effect.gen(function* () {
        const found = yield* flaws(environment, file)
        assert.strictEqual(found.length, expected.length, found.join())
        for (const [index, pattern] of expected.entries()) assert.match(found[index] ?? "", pattern)
      }).pipe(Effect.provide(NodeFileSystem.layer))
    )
  }

  it.effect("name a file that holds certificates", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const path = `${yield* fs.makeTempDirectoryScoped()}/der.crt`
      yield* fs.writeFile(path, new Uint8Array([0x30, 0x82, 0, 0]))
      const [flaw] = yield* flaws({ NODE_EXTRA_CA_CERTS: path })
      assert.strictEqual(flaw, `NODE_EXTRA_CA_CERTS names ${path}, which holds no certificate`)
    }).pipe(Effect.provide(NodeFileSystem.layer))
  )
})
