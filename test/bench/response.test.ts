import { assert, describe, it } from "@effect/vitest"
import { responseIn } from "./response.ts"

const answer = (body: string, length = `Content-Length: ${body.length}`) =>
  `HTTP/1.1 200 OK\r\n${length}\r\nDate: today\r\n\r\n${body}`

describe("responseIn", () => {
  it("finds a whole answer, whatever the case of its headers", () => {
    assert.deepStrictEqual(responseIn(answer("{}")), { status: 200, end: answer("{}").length })
    assert.strictEqual(responseIn(answer("{}", "content-length:2"))?.status, 200)
  })

  it("waits for the rest of one, wherever it was cut", () => {
    const whole = answer('{"status":"success"}')
    for (let end = 0; end < whole.length; end++) assert.isUndefined(responseIn(whole.slice(0, end)), `${end}`)
    assert.isDefined(responseIn(whole))
  })

  it("stops where the answer ends, and the next one begins", () => {
    assert.strictEqual(responseIn(answer("{}") + answer("[]"))?.end, answer("{}").length)
  })

  it("takes no length from a body", () => {
    assert.throws(() => responseIn(answer("\r\ncontent-length: 2", "x: y")), "not an answer that can be read")
  })

  it("refuses an answer in chunks, and what is not HTTP", () => {
    assert.throws(() => responseIn(answer("2\r\n{}\r\n0\r\n\r\n", "transfer-encoding: chunked")))
    assert.throws(() => responseIn("hello\r\n\r\n"))
  })
})
