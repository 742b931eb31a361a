/** The contact centre that `examples/dialect.ts` speaks to: its own grant, contacts, routing and tags. */
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { json } from "node:stream/consumers"
import { Effect } from "effect"

/** One contact as it stands. */
export interface Contact {
  readonly user: string
  target?: string
  tags?: unknown
}

/** Starts it on a free port of 127.0.0.1; it closes with the scope. Its only queue is `help`, its key `acme-key`, and the first token dies at its first use. */
export const startAcme = Effect.acquireRelease(
  Effect.callback<{
    readonly url: string
    readonly contacts: ReadonlyArray<Contact>
    readonly tokens: () => number
    readonly close: () => void
  }>((resume) => {
    const contacts: Array<Contact> = []
    let tokens = 0
    const server = createServer(async (request, response) => {
      const answer = (status: number, body: unknown = {}) => response.writeHead(status).end(JSON.stringify(body))
      const body = (await json(request)) as Record<string, string>
      const [, , id, what] = (request.url ?? "").slice("/v1".length).split("/")
      if (request.url === "/grant") {
        return body.key === "acme-key"
          ? answer(200, { token: `acme-${++tokens}`, seconds: 600, api: `http://${request.headers.host}/v1` })
          : answer(401)
      }
      if (request.headers.authorization !== "Bearer acme-2") return answer(401)
      if (id === undefined) {
        const known = contacts.findIndex(({ user }) => user === body.user)
        if (known === -1) contacts.push({ user: body.user ?? "" })
        return answer(200, { id: String(known === -1 ? contacts.length - 1 : known), isNew: known === -1 })
      }
      const contact = contacts[Number(id)]
      if (contact === undefined || (what === "queue" && body.id !== "help")) return answer(404)
      if (what === "queue") contact.target = body.id ?? ""
      if (what === "tags") contact.tags = body
      return answer(200)
    })
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo
      const close = () => {
        server.close()
        server.closeAllConnections()
      }
      resume(Effect.succeed({ url: `http://127.0.0.1:${port}`, contacts, tokens: () => tokens, close }))
    })
  }),
  ({ close }) => Effect.sync(close)
)
