import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { OpenApi } from "effect/http-api"
import packageJson from "../../package.json" with { type: "json" }
import { Api } from "../../src/cognigy/Api.ts"

const Members = Schema.Struct({
  properties: Schema.Record(Schema.String, Schema.Unknown),
  required: Schema.Array(Schema.String)
})

const Body = Schema.Struct({ schema: Schema.Union([Members, Schema.Struct({ $ref: Schema.String })]) })

const decodeAnswer = Schema.decodeUnknownSync(Schema.Struct({ content: Schema.Record(Schema.String, Body) }))

describe("the API's description", () => {
  const description = OpenApi.fromApi(Api)

  /** The members of an answer's body. */
  const membersOf = (answer: unknown): typeof Members.Type => {
    const [body, ...others] = Object.values(decodeAnswer(answer).content)
    if (body === undefined || others.length > 0) return assert.fail("not one kind of body")
    return "$ref" in body.schema
      ? Schema.decodeUnknownSync(Members)(description.components.schemas[body.schema.$ref.split("/").at(-1) ?? ""])
      : body.schema
  }

  it("has the version of the package", () => {
    assert.strictEqual(description.info.version, packageJson.version)
  })

  it("lets bodies have members that it does not know, as the webhook does", () => {
    assert.notInclude(JSON.stringify(description), '"additionalProperties":false')
  })

  it("describes ids as text or whole numbers", () => {
    const json = JSON.stringify(description)
    assert.include(json, '"type":"integer"')
    for (const word of ["Infinity", "NaN"]) assert.notInclude(json, word)
  })

  it.each(["FlowPayload", "InputPayload"])("describes the members for the agent in both shapes: %s", (shape) => {
    const { properties } = Schema.decodeUnknownSync(Schema.Struct({ properties: Members.fields.properties }))(
      description.components.schemas[shape]
    )
    for (const [member, parts] of [
      ["contactId", ["integer"]],
      ["transcript", ["assistant", "tool", "text", "payload", "at"]],
      ["summary", ["string"]],
      ["customer", ["name", "email", "phone"]],
      ["context", ["additionalProperties", "boolean"]]
    ] as const) {
      for (const part of parts) assert.include(JSON.stringify(properties[member]), `"${part}"`, member)
    }
  })

  const responses = (path: string, method: "get" | "post" = "post"): Readonly<Record<string, unknown>> =>
    description.paths[path]?.[method]?.responses ?? {}

  it("names every path and every status of the webhook", () => {
    assert.deepStrictEqual(Object.keys(description.paths), [
      "/webhook/cognigy",
      "/routing/decide",
      "/routing/explain",
      "/healthz",
      "/readyz"
    ])
    assert.deepStrictEqual(Object.keys(responses("/webhook/cognigy")).sort(), [
      "200",
      "400",
      "401",
      "403",
      "409",
      "413",
      "415",
      "422",
      "500",
      "502",
      "503",
      "504"
    ])
  })

  it("names every status of /routing/explain, which never has anything to do with CXone", () => {
    assert.deepStrictEqual(Object.keys(responses("/routing/explain")).sort(), [
      "200",
      "400",
      "401",
      "413",
      "415",
      "500",
      "503",
      "504"
    ])
  })

  it("names every status of /routing/decide: those of an explanation, and the rule's own rejection", () => {
    const statuses = Object.keys(responses("/routing/decide"))
    assert.deepStrictEqual(statuses.sort(), [...Object.keys(responses("/routing/explain")), "403"].sort())
  })

  it("has the query of /routing/explain: a time, which may be left out", () => {
    const [at, ...others] = description.paths["/routing/explain"]?.post?.parameters ?? []
    assert.deepStrictEqual(others, [])
    assert.deepInclude(at, { name: "at", in: "query", required: false })
  })

  it.each(["/routing/decide", "/routing/explain"])("takes the webhook's body and credentials at %s", (path) => {
    const [webhook, asked] = ["/webhook/cognigy", path].map((path) => description.paths[path]?.post)
    assert.isDefined(asked?.requestBody)
    assert.deepStrictEqual(asked?.requestBody, webhook?.requestBody)
    assert.isNotEmpty(asked?.security)
    assert.deepStrictEqual(asked?.security, webhook?.security)
  })

  it("gives /readyz the routing table that is live, whether it is ready or not", () => {
    for (const status of ["200", "503"]) {
      const { properties, required } = membersOf(responses("/readyz", "get")[status])
      assert.property(properties, "routes")
      assert.notInclude(required, "routes")
    }
  })

  it("gives problems the rule that had decided, and the bot's text where one says that", () => {
    for (const [status, name, isRequired] of [
      ["400", "rule", false],
      ["403", "rule", true],
      ["403", "text", true],
      ["409", "rule", false],
      ["502", "rule", false],
      ["503", "rule", false],
      ["504", "rule", false]
    ] as const) {
      const { properties, required } = membersOf(responses("/webhook/cognigy")[status])
      assert.property(properties, name, status)
      assert.strictEqual(required.includes(name), isRequired, `${status} ${name}`)
    }
    for (const status of ["401", "413", "415", "422", "500"]) {
      assert.notProperty(membersOf(responses("/webhook/cognigy")[status]).properties, "rule", status)
    }
  })
})
