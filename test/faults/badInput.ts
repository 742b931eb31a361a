/** Generated requests that no flow author means to send, as the bytes that go over the wire. */
import { deflateSync, gzipSync } from "node:zlib"
import { Arbitrary, Schema } from "effect"
import { WEBHOOK_PATH } from "../../src/cognigy/Api.ts"
import { agentId } from "../../src/simulator/webchat/SimulatorOptions.ts"
import { apiKey } from "./RouterProcess.ts"

/** One request. */
export interface BadRequest {
  readonly bytes: Uint8Array
  readonly method: string
  /** It keeps to HTTP, so that there must be an answer; else a connection may just be closed. */
  readonly isHttp: boolean
}

const below = (end: number) => Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: end - 1 })))

const oneOf = <A>(first: Arbitrary.Arbitrary<A>, ...others: ReadonlyArray<Arbitrary.Arbitrary<A>>) =>
  Arbitrary.flatMap(below(others.length + 1), (index) => others[index - 1] ?? first)

const pick = <A>(first: A, ...others: ReadonlyArray<A>): Arbitrary.Arbitrary<A> =>
  Arbitrary.map(below(others.length + 1), (index) => (index === 0 ? first : (others[index - 1] ?? first)))

const listOf = <A>(item: Arbitrary.Arbitrary<A>, maxLength: number) => Arbitrary.array(item, { maxLength })

/** Texts that break things, as JSON has them. */
const hostileText = pick(
  ...([
    '""',
    '" "',
    '"\\u0000"',
    '"a\\u0000b"',
    '"a\\nb"',
    '"\\ud800"',
    '"\\udc00x"',
    '"x\\ud83d"',
    '"\\u2028"',
    '"\\u202e"',
    '"😀"',
    '"e\\u0301"',
    '"__proto__"',
    '"constructor"',
    '"../../etc/passwd"',
    '"%00%2f"',
    '"a/b?c#d"',
    '"{{input.userId}}"',
    '"<script>alert(1)</script>"',
    '"undefined"',
    '"[object Object]"',
    `"${"x".repeat(256)}"`,
    `"${"x".repeat(257)}"`,
    `"${"😀".repeat(300)}"`,
    `"${"y".repeat(70_000)}"`
  ] as const)
)

/** Numbers that JSON can write and programs cannot hold, and other values. */
const hostileValue = pick(
  ...([
    "null",
    "true",
    "false",
    "0",
    "-0",
    "1e308",
    "1e999",
    "-1e999",
    "1.5",
    "9007199254740993",
    "123456789012345678901234567890",
    "0.1e-400",
    "[]",
    "{}",
    "[[]]",
    "[null]",
    '{"__proto__":{"polluted":true}}',
    '{"constructor":{"prototype":{"polluted":true}}}',
    '{"toJSON":1,"toString":null,"valueOf":[]}',
    '{"length":-1}'
  ] as const)
)

const anyText = Arbitrary.map(Arbitrary.schema(Schema.String.check(Schema.isMaxLength(40))), (text) =>
  JSON.stringify(text)
)

const leaf = oneOf<string>(hostileText, hostileValue, anyText)

const key = oneOf<string>(
  pick(
    '"intent"',
    '"user"',
    '"userId"',
    '"id"',
    '"name"',
    '"slots"',
    '"__proto__"',
    '"constructor"',
    '"hasOwnProperty"'
  ),
  hostileText,
  anyText
)

const objectOf = (value: Arbitrary.Arbitrary<string>, maxLength: number) =>
  Arbitrary.map(
    listOf(Arbitrary.all([key, value]), maxLength),
    (members) => `{${members.map(([name, value]) => `${name}:${value}`).join(",")}}`
  )

const arrayOf = (value: Arbitrary.Arbitrary<string>) =>
  Arbitrary.map(listOf(value, 5), (items) => `[${items.join(",")}]`)

const nested = (depth: number): Arbitrary.Arbitrary<string> =>
  depth === 0 ? leaf : oneOf(leaf, objectOf(nested(depth - 1), 6), arrayOf(nested(depth - 1)))

const value = nested(3)

const deep = Arbitrary.flatMap(pick(10, 63, 64, 65, 100, 5_000, 60_000), (levels) =>
  pick(
    `${"[".repeat(levels)}${"]".repeat(levels)}`,
    `${'{"a":'.repeat(Math.min(levels, 30_000))}1${"}".repeat(Math.min(levels, 30_000))}`
  )
)

const many = Arbitrary.map(
  pick(100, 2_000, 12_000),
  (count) => `{${Array.from({ length: count }, (_, index) => `"k${index}":${index}`).join(",")}}`
)

type Members = ReadonlyArray<readonly [string, string]>

const quoted = (text: string) => JSON.stringify(text)

/** A good body by its members, in both shapes. Only a whole one asks for an agent: who is not there is rightly a 502. */
const goodMembers: Arbitrary.Arbitrary<Members> = Arbitrary.flatMap(
  Arbitrary.all([below(500), pick("transfer_to_sales", "transfer_to_support", "order_pizza")]),
  ([user, intent]): Arbitrary.Arbitrary<Members> =>
    pick(
      [
        ["intent", `{"name":${quoted(intent)},"score":0.9}`],
        ["user", `{"id":"bad-${user}"}`],
        ["entities", '[{"name":"product","value":"phone"}]'],
        ["session", '{"sessionId":"s"}'],
        ["language", '"de-DE"'],
        ["data", '{"cart":1}']
      ],
      [
        ["intent", quoted(intent)],
        ["intentScore", "0.9"],
        ["userId", `"bad-${user}"`],
        ["slots", '{"product":[{"keyphrase":"phone"}]}'],
        ["sessionId", '"s"'],
        ["inputId", `"bad-input-${user}"`],
        ["traceId", '"t"'],
        ["text", '"hello"'],
        ["data", "null"]
      ]
    )
)

const member = oneOf<string>(
  value,
  deep,
  Arbitrary.map(leaf, (leaf) => `{"id":${leaf}}`),
  Arbitrary.map(Arbitrary.all([leaf, leaf]), ([name, score]) => `{"name":${name},"score":${score}}`),
  Arbitrary.map(Arbitrary.all([leaf, value]), ([name, value]) => `[{"name":${name},"value":${value}}]`),
  Arbitrary.map(Arbitrary.all([leaf, value]), ([name, value]) => `{"x":[${value}],"y":{"keyphrase":${name}}}`)
)

type Change = (members: Members) => Members

const change: Arbitrary.Arbitrary<Change> = Arbitrary.flatMap(
  Arbitrary.all([below(9), member, key]),
  ([index, value, name]) =>
    pick<Change>(
      (members) => members.map(([name, old], at) => [name, at === index % members.length ? value : old]),
      (members) => members.filter((_, at) => at !== index % members.length),
      // The same name twice: the last one counts.
      (members) => [...members, [members[index % members.length]?.[0] ?? "intent", value]],
      (members) => [...members, [String(JSON.parse(name)), value]]
    )
)

const toObject = (members: Members) => `{${members.map(([name, value]) => `${quoted(name)}:${value}`).join(",")}}`

const changedBody = Arbitrary.map(Arbitrary.all([goodMembers, listOf(change, 3)]), ([members, changes]) =>
  toObject(changes.reduce((members, change) => change(members), members))
)

const agentBody = pick(
  `{"intent":"transfer_to_agent","userId":"bad-agent","slots":{"agentId":"${agentId}"}}`,
  '{"intent":"transfer_to_agent","userId":"bad-agent"}',
  '{"intent":"transfer_to_agent","userId":"bad-agent","slots":{"agentId":[]}}',
  '{"intent":{"name":"transfer_to_agent"},"user":{"id":"bad-agent"},"entities":[{"name":"agentId","value":true}]}',
  '{"intent":{"name":"transfer_to_agent"},"user":{"id":"bad-agent"},"entities":[{"name":"agentId","value":1.5}]}'
)

const jsonText = oneOf<string>(changedBody, changedBody, changedBody, value, deep, many, agentBody)

const utf8 = (text: string) => Buffer.from(text, "utf8")

const utf16be = (text: string) => Buffer.from(text, "utf16le").swap16()

const spoiledSomehow: Arbitrary.Arbitrary<(text: string) => Buffer> = Arbitrary.flatMap(below(1000), (at) =>
  pick<(text: string) => Buffer>(
    (text) => utf8(`\ufeff${text}`),
    (text) => Buffer.from(`\ufeff${text}`, "utf16le"),
    (text) => Buffer.from(text, "utf16le"),
    utf16be,
    (text) => Buffer.from(text, "latin1"),
    (text) => gzipSync(text),
    (text) => deflateSync(text),
    (text) => utf8(text).subarray(0, at),
    (text) => utf8(`${text}${text}`),
    (text) => utf8(`${text},`),
    (text) => utf8(`  ${text}\r\n`),
    (text) => utf8(`)]}',\n${text}`),
    () => Buffer.alloc(0),
    () => Buffer.alloc(at),
    // Bytes that UTF-8 never has, an overlong slash, and half of a character.
    (text) =>
      Buffer.concat([utf8(text).subarray(0, at), Buffer.from([0xff, 0xfe, 0xc0, 0xaf, 0xe2, 0x82]), utf8(text)]),
    (text) => Buffer.concat([utf8(text), Buffer.alloc(300 * 1024, 0x20)])
  )
)

const whole = Arbitrary.Constant(utf8)

const spoiled = oneOf<(text: string) => Buffer>(whole, whole, whole, spoiledSomehow)

type Headers = ReadonlyArray<readonly [string, string]>

const oddContentType = pick(
  ...([
    "APPLICATION/JSON; charset=utf-8",
    'application/json; charset="utf-16"',
    "application/json;;;",
    "application/cloudevents+json",
    "application/json, text/html",
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=",
    "application/",
    "json",
    ";",
    "",
    `application/json; x=${"y".repeat(4000)}`
  ] as const)
)

const json = Arbitrary.Constant("application/json")

const contentType = oneOf<string>(json, json, json, oddContentType)

const oddValue = pick(
  ...([
    "",
    " ",
    "0",
    "null",
    "a, b",
    "a\tb",
    '"quoted"',
    "'",
    "{}",
    "Ã¼ñ\u00ff",
    "\u0080\u0085\u00a0",
    "%00%0d%0a",
    "k".repeat(256),
    "k".repeat(7000)
  ] as const)
)

const oddHeader: Arbitrary.Arbitrary<Headers> = Arbitrary.flatMap(oddValue, (odd) =>
  pick<Headers>(
    [["idempotency-key", odd]],
    [
      ["idempotency-key", odd],
      ["Idempotency-Key", "another"]
    ],
    [["webhook-id", odd]],
    [
      ["webhook-id", odd],
      ["idempotency-key", odd]
    ],
    [["x-api-key", odd]],
    [["authorization", odd]],
    [["authorization", `Bearer ${odd}`]],
    [["authorization", "Basic !!!"]],
    [["traceparent", odd]],
    [["traceparent", "00-00000000000000000000000000000000-0000000000000000-ff"]],
    [["b3", odd]],
    [
      ["x-b3-traceid", odd],
      ["x-b3-spanid", odd],
      ["x-b3-sampled", "maybe"]
    ],
    [["content-encoding", "gzip"]],
    [["content-encoding", odd]],
    [["content-language", odd]],
    [["accept", odd]],
    [["accept-encoding", "gzip;q=nan, *;q=-1"]],
    [["cookie", `${odd}; a=b; __proto__=x; ;;=`]],
    [["expect", "100-continue"]],
    [["x-forwarded-host", odd]],
    [["forwarded", `for=${odd};host=${odd}`]],
    [["x-http-method-override", "DELETE"]],
    [["__proto__", odd]],
    [["constructor", odd]],
    [["x-!#$%&'*+-.^_`|~", odd]],
    [["range", "bytes=0-"]],
    [["te", "trailers, deflate;q=0.5"]],
    [["trailer", "content-length"]],
    [["connection", "close"]],
    [["connection", "keep-alive, x-api-key"]],
    [["keep-alive", "timeout=-1, max=0"]],
    [["date", odd]],
    Array.from({ length: 150 }, (_, index) => [`x-many-${index}`, odd.slice(0, 8)] as const),
    [["x-huge", "h".repeat(15_000)]],
    [["x-huge", "h".repeat(80_000)]]
  )
)

const oddLine = pick(
  ...([
    ["POST", `${WEBHOOK_PATH}?a=b&a[]=%00&__proto__=1`],
    ["POST", `${WEBHOOK_PATH}/`],
    ["POST", `/${WEBHOOK_PATH}`],
    ["POST", WEBHOOK_PATH.toUpperCase()],
    ["POST", `${WEBHOOK_PATH}%`],
    ["POST", `${WEBHOOK_PATH}%00`],
    ["POST", "/webhook/../webhook/cognigy"],
    ["POST", `http://elsewhere.example${WEBHOOK_PATH}`],
    ["POST", "//elsewhere.example/webhook/cognigy"],
    ["POST", "*"],
    ["POST", `/${"a/".repeat(3000)}`],
    ["POST", "/%zz?%zz"],
    ["PUT", WEBHOOK_PATH],
    ["PATCH", WEBHOOK_PATH],
    ["DELETE", WEBHOOK_PATH],
    ["OPTIONS", WEBHOOK_PATH],
    ["OPTIONS", "*"],
    ["PROPFIND", WEBHOOK_PATH],
    ["GET", WEBHOOK_PATH],
    ["HEAD", "/healthz"],
    ["GET", "/healthz"],
    ["GET", "/readyz?x=1"],
    ["GET", "/openapi.json"],
    ["POST", "/readyz"]
  ] as const)
)

const usualLine = Arbitrary.Constant(["POST", WEBHOOK_PATH] as const)

const requestLine = oneOf<readonly [method: string, path: string]>(usualLine, usualLine, usualLine, oddLine)

/** Header values go out byte for byte. */
const head = (method: string, path: string, headers: Headers) =>
  Buffer.from(
    `${method} ${path} HTTP/1.1\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`,
    "latin1"
  )

const chunked = (body: Buffer, sizes: ReadonlyArray<number>, extension: string): Buffer => {
  const pieces: Array<Buffer> = []
  let at = 0
  for (let turn = 0; at < body.length; turn++) {
    const piece = body.subarray(at, at + (sizes[turn % sizes.length] ?? 1000) + 1)
    pieces.push(Buffer.from(`${piece.length.toString(16)}${extension}\r\n`), piece, Buffer.from("\r\n"))
    at += piece.length
  }
  return Buffer.concat([...pieces, Buffer.from("0\r\n\r\n")])
}

/** Requests that keep to HTTP and to little else. */
export const badRequests: Arbitrary.Arbitrary<BadRequest> = Arbitrary.map(
  Arbitrary.all([
    requestLine,
    contentType,
    listOf(oddHeader, 2),
    jsonText,
    spoiled,
    below(4),
    Arbitrary.array(below(3000), { minLength: 1, maxLength: 4 }),
    pick("", ";a=b", ';q="x"')
  ]),
  ([[method, path], type, odd, text, spoil, framing, sizes, extension]) => {
    const body = spoil(text)
    // Many tiny chunks are more than Node lets one request have.
    const isChunked = framing === 0 && body.length < 20_000
    const headers: Headers = [
      ["host", "router.example"],
      ["content-type", type],
      ["x-api-key", apiKey],
      ...odd.flat(),
      isChunked ? ["transfer-encoding", "chunked"] : ["content-length", `${body.length}`]
    ]
    const sent = isChunked
      ? chunked(
          body,
          sizes.map((size) => size + 200),
          extension
        )
      : body
    return { method, isHttp: true, bytes: Buffer.concat([head(method, path, headers), sent]) }
  }
)

const good = '{"intent":"transfer_to_sales","userId":"bad-http"}'
const start = `POST ${WEBHOOK_PATH} HTTP/1.1\r\nhost: router.example\r\ncontent-type: application/json\r\nx-api-key: ${apiKey}\r\n`
const length = `content-length: ${good.length}\r\n`

/** Requests that do not keep to HTTP, or end early. */
export const brokenRequests: Arbitrary.Arbitrary<BadRequest> = Arbitrary.map(
  Arbitrary.flatMap(Arbitrary.all([below(200), anyText]), ([at, text]) =>
    pick<string | Buffer>(
      Buffer.from(Array.from({ length: at + 1 }, (_, index) => (index * 37 + at) % 256)),
      text,
      "\r\n\r\n\r\n",
      "GET\r\n\r\n",
      "GET /healthz\r\n\r\n",
      "GET /healthz HTTP/0.9\r\n\r\n",
      "GET /healthz HTTP/9.9\r\nhost: x\r\n\r\n",
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
      Buffer.from("16030100c8010000c40303", "hex"),
      "CONNECT elsewhere.example:443 HTTP/1.1\r\nhost: elsewhere.example\r\n\r\n",
      `GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n`,
      `POST ${WEBHOOK_PATH} HTTP/1.1\r\n${length}\r\n${good}`,
      `${start}host: another.example\r\n${length}\r\n${good}`,
      `${start}no colon\r\n${length}\r\n${good}`,
      `${start}x-space : 1\r\n${length}\r\n${good}`,
      `${start}x-null: a\0b\r\n${length}\r\n${good}`,
      `${start}x-fold: a\r\n b\r\n${length}\r\n${good}`,
      `${start}x-cr: a\rb\r\n${length}\r\n${good}`,
      `${start}${length}\r\n${good}`.replaceAll("\r\n", "\n"),
      `${start}content-length: -1\r\n\r\n${good}`,
      `${start}content-length: abc\r\n\r\n${good}`,
      `${start}content-length: 99999999999999999999\r\n\r\n${good}`,
      `${start}content-length: 0x10\r\n\r\n${good}`,
      `${start}${length}content-length: ${good.length + 1}\r\n\r\n${good}`,
      `${start}${length}transfer-encoding: chunked\r\n\r\n${good}`,
      `${start}transfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n`,
      `${start}transfer-encoding: chunked\r\ntransfer-encoding: identity\r\n\r\n0\r\n\r\n`,
      `${start}transfer-encoding: chunked\r\n\r\nzz\r\n${good}\r\n0\r\n\r\n`,
      `${start}transfer-encoding: chunked\r\n\r\n-1\r\n${good}\r\n0\r\n\r\n`,
      `${start}transfer-encoding: chunked\r\n\r\nffffffffffffffff\r\n${good}`,
      `${start}transfer-encoding: chunked\r\n\r\n5\r\n${good}\r\n0\r\n\r\n`,
      `${start}expect: miracles\r\n${length}\r\n${good}`,
      `${start}x-huge: ${"h".repeat(100_000)}\r\n${length}\r\n${good}`,
      `POST /${"a".repeat(100_000)} HTTP/1.1\r\nhost: x\r\n\r\n`,
      // The sender leaves in the middle.
      start.slice(0, at),
      `${start}${length}\r\n${good.slice(0, at % good.length)}`,
      `${start}content-length: 200000\r\n\r\n${good}`
    )
  ),
  (sent) => ({ method: "POST", isHttp: false, bytes: typeof sent === "string" ? Buffer.from(sent, "latin1") : sent })
)
