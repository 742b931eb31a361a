// For a Code Node before the HTTP Request Node of a flow that signs its webhooks: see "Signed webhooks" in README.md.
// It needs nothing but JavaScript itself, since Code Nodes have no crypto module.

// One of the router's WEBHOOK_SIGNING_SECRETS. Whoever can read this flow can read it.
const SECRET = "whsec_REPLACE_ME"

const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

// All that the router reads. Members that are not there are left out. Cognigy's input has none from contactId on: nodes before this one may put them there.
const body = toAscii(
  JSON.stringify({
    intent: input.intent,
    intentScore: input.intentScore,
    slots: input.slots,
    text: input.text,
    data: input.data,
    language: input.language,
    channel: input.channel,
    userId: input.userId,
    sessionId: input.sessionId,
    inputId: input.inputId,
    traceId: input.traceId,
    contactId: input.contactId,
    transcript: input.transcript,
    summary: input.summary,
    customer: input.customer,
    context: input.context
  })
)
const id = idOf(input.inputId)
const timestamp = String(Math.floor(Date.now() / 1000))
const mac = hmacSha256(fromBase64(SECRET.replace(/^whsec_/, "")), toBytes(`${id}.${timestamp}.${body}`))

context.webhook = { id, timestamp, signature: `v1,${toBase64(mac)}`, body }

/**
 * The name of this webhook: the same for each attempt at one input, another for the next. An inputId that no header can hold as it is stands there as its
 * hash. Without one each run of this node makes a name, which stays in the context while the HTTP Request Node tries again.
 */
function idOf(inputId) {
  if (inputId === undefined || inputId === null || inputId === "") {
    const random = () => Math.random().toString(36).slice(2)
    return `cognigy-run_${Date.now()}-${random()}${random()}`
  }
  if (/^[A-Za-z0-9_-]{1,200}$/.test(String(inputId))) return `cognigy_${inputId}`
  const hash = sha256(toBytes(toAscii(JSON.stringify(String(inputId)))))
  return `cognigy-hash_${hash.map((byte) => byte.toString(16).padStart(2, "0")).join("")}`
}

/** JSON with nothing but ASCII in it: its bytes are the same however the node encodes them. */
function toAscii(json) {
  return json.replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
}

function toBytes(ascii) {
  return Array.from(ascii, (character) => character.charCodeAt(0))
}

/** RFC 2104, for keys of up to 64 bytes. */
function hmacSha256(key, message) {
  const pad = (byte) => Array.from({ length: 64 }, (_, index) => (key[index] || 0) ^ byte)
  return sha256(pad(0x5c).concat(sha256(pad(0x36).concat(message))))
}

/** FIPS 180-4. */
function sha256(message) {
  const primes = []
  for (let n = 2; primes.length < 64; n++) if (primes.every((prime) => n % prime !== 0)) primes.push(n)
  const fraction = (root) => ((root - Math.floor(root)) * 2 ** 32) | 0
  const constants = primes.map((prime) => fraction(Math.cbrt(prime)))
  const rotate = (word, bits) => (word >>> bits) | (word << (32 - bits))

  const padded = message.concat(0x80)
  while (padded.length % 64 !== 56) padded.push(0)
  for (let shift = 7; shift >= 0; shift--) padded.push(Math.floor((message.length * 8) / 256 ** shift) % 256)

  let state = primes.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)))
  for (let start = 0; start < padded.length; start += 64) {
    const words = []
    for (let i = 0; i < 16; i++) {
      const [b0, b1, b2, b3] = padded.slice(start + 4 * i, start + 4 * i + 4)
      words.push((b0 << 24) | (b1 << 16) | (b2 << 8) | b3)
    }
    for (let i = 16; i < 64; i++) {
      const [w15, w2] = [words[i - 15], words[i - 2]]
      const s0 = rotate(w15, 7) ^ rotate(w15, 18) ^ (w15 >>> 3)
      const s1 = rotate(w2, 17) ^ rotate(w2, 19) ^ (w2 >>> 10)
      words.push((words[i - 16] + s0 + words[i - 7] + s1) | 0)
    }
    let [a, b, c, d, e, f, g, h] = state
    for (let i = 0; i < 64; i++) {
      const choice = (e & f) ^ (~e & g)
      const majority = (a & b) ^ (a & c) ^ (b & c)
      const t1 = h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + choice + constants[i] + words[i]
      const t2 = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + majority
      ;[a, b, c, d, e, f, g, h] = [(t1 + t2) | 0, a, b, c, (d + t1) | 0, e, f, g]
    }
    state = [a, b, c, d, e, f, g, h].map((word, index) => (word + state[index]) | 0)
  }
  return state.reduce((bytes, word) => bytes.concat([24, 16, 8, 0].map((shift) => (word >>> shift) & 255)), [])
}

function toBase64(bytes) {
  let text = ""
  for (let i = 0; i < bytes.length; i += 3) {
    const group = (bytes[i] << 16) | ((bytes[i + 1] || 0) << 8) | (bytes[i + 2] || 0)
    for (const shift of [18, 12, 6, 0]) text += BASE64[(group >>> shift) & 63]
  }
  const missing = (3 - (bytes.length % 3)) % 3
  return text.slice(0, text.length - missing) + "=".repeat(missing)
}

function fromBase64(text) {
  const bytes = []
  const sextets = Array.from(text.replace(/=+$/, ""), (character) => BASE64.indexOf(character))
  for (let i = 0; i < sextets.length; i += 4) {
    const [s0, s1, s2 = 0, s3 = 0] = sextets.slice(i, i + 4)
    const group = (s0 << 18) | (s1 << 12) | (s2 << 6) | s3
    bytes.push((group >>> 16) & 255, (group >>> 8) & 255, group & 255)
  }
  return bytes.slice(0, Math.floor((sextets.length * 3) / 4))
}
