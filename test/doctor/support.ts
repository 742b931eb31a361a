/** A terminal that keeps what is written, and single checks of `doctor`. */
import { createServer, type RequestListener } from "node:http"
import { assert } from "@effect/vitest"
import { Effect, Layer, Terminal } from "effect"
import { HttpClient, HttpClientError } from "effect/http"
import type { Check, Finding } from "../../src/doctor/Check.ts"

/** Standard output with so many columns; with none it is no terminal. `text` is all that was written so far. */
export const output = (columns = 0, display: Terminal.Terminal["display"] = () => Effect.void) => {
  const written: Array<string> = []
  const terminal = Terminal.make({
    columns: Effect.succeed(columns),
    rows: Effect.succeed(columns === 0 ? 0 : 24),
    size: Effect.die("not asked for"),
    readInput: Effect.die("not asked for"),
    readLine: Effect.die("not asked for"),
    display: (text) => {
      written.push(text)
      return display(text)
    }
  })
  return {
    layer: Layer.succeed(Terminal.Terminal, terminal),
    text: () => written.join(""),
    lines: () => written.join("").split("\n")
  }
}

/** What one of these checks finds, whatever it needs. */
export const findingOf = <R>(checks: ReadonlyArray<Check<R>>, name: string): Effect.Effect<Finding, never, R> => {
  const check = checks.find((check) => check.name === name)
  return check === undefined ? Effect.die(`there is no check ${name}`) : check.run
}

/** A finding, and that it says these things. */
export const assertFinding = (
  { detail, instead = "", status }: Finding,
  wanted: { readonly status: Finding["status"]; readonly detail: RegExp; readonly instead?: RegExp }
) => {
  assert.strictEqual(status, wanted.status, detail)
  assert.match(detail, wanted.detail)
  assert.match(instead, wanted.instead ?? /^$/)
}

/** A client whose connections all break with this code. */
export const breaking = (code: string) =>
  Layer.succeed(
    HttpClient.HttpClient,
    HttpClient.make((request) => {
      const cause = Object.assign(new Error("broken"), { code })
      return Effect.fail(
        new HttpClientError.HttpClientError({ reason: new HttpClientError.TransportError({ request, cause }) })
      )
    })
  )

/** A server of somebody else's, on a free port of 127.0.0.1; it closes with the scope, whatever is under way. */
export const server = (listener: RequestListener) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.callback<{ readonly port: number; readonly close: () => void }>((resume) => {
        const server = createServer(listener)
        server.listen(0, "127.0.0.1", () => {
          const address = server.address()
          const close = () => {
            server.close()
            server.closeAllConnections()
          }
          resume(Effect.succeed({ port: address !== null && typeof address === "object" ? address.port : 0, close }))
        })
      }),
      ({ close }) => Effect.sync(close)
    ),
    ({ port }) => port
  )

/** Answers 200 with a body that has no end. */
export const endless: RequestListener = (_request, response) => {
  const piece = Buffer.alloc(65_536, " ")
  const more = () => {
    while (!response.destroyed && response.write(piece));
  }
  response.on("drain", more).on("error", () => {})
  more()
}
