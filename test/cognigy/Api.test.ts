import { assert, describe, it } from "@effect/vitest"
import { OpenApi } from "effect/http-api"
import packageJson from "../../package.json" with { type: "json" }
import { Api } from "../../src/cognigy/Api.ts"

describe("the API's description", () => {
  const description = OpenApi.fromApi(Api)

  it("has the version of the package", () => {
    assert.strictEqual(description.info.version, packageJson.version)
  })

  it("lets bodies have members that it does not know, as the webhook does", () => {
    assert.notInclude(JSON.stringify(description), '"additionalProperties":false')
  })

  it("names every path and every status of the webhook", () => {
    assert.deepStrictEqual(Object.keys(description.paths), ["/webhook/cognigy", "/healthz", "/readyz"])
    assert.deepStrictEqual(Object.keys(description.paths["/webhook/cognigy"]?.post?.responses ?? {}).sort(), [
      "200",
      "400",
      "401",
      "413",
      "422",
      "500",
      "502",
      "503",
      "504"
    ])
  })
})
