/**
 * What Cognigy asks the router, and the answers that a flow acts on: one interaction per row of the contract. The states' parameters say
 * all that must hold before the request.
 */
import { agentId, salesQueueId, supportQueueId } from "../../../src/simulator/webchat/SimulatorOptions.ts"
import { type Interaction, Match, text } from "./mock.ts"

/** The values that the interactions speak of. */
export const example = {
  path: "/webhook/cognigy",
  apiKey: "webhook-key-of-the-flow",
  wrongApiKey: "webhook-key-of-somebody-else",
  user: "cognigy",
  password: "webhook-password",
  userId: "anna",
  numericUserId: 4711,
  conversationId: "c0417e25-0000-4000-8000-000000000005",
  unknownConversationId: "c0417e25-0000-4000-8000-00000000dead",
  salesQueueId,
  supportQueueId,
  agentId,
  unknownQueueId: "00000000-0000-4000-8000-00000000dead",
  scope: "conversations:webchat:create",
  retryAfter: 30,
  correlationId: "7fd8f52e9982d59cab0b2e9add3fffdf",
  idempotencyKey: "8e03978e-40d5-43e8-bc93-6894a57f9324",
  rejectingRule: "no billing by chat",
  rejection: "Zu Rechnungen hilft Ihnen gern unser Telefonteam weiter 🙏"
} as const

const {
  apiKey,
  conversationId,
  idempotencyKey,
  password,
  rejectingRule,
  rejection,
  retryAfter,
  scope,
  unknownConversationId,
  unknownQueueId,
  user,
  userId,
  wrongApiKey
} = example

type State = NonNullable<Interaction["states"]>[number]

const state = (description: string, parameters: NonNullable<State["parameters"]> = {}): State => ({
  description,
  parameters
})

const takesApiKey = state("an API key of the webhook", { apiKey })
const takesPassword = state("a user and a password of the webhook", { user, password })
const toQueue = (intent: string, queueId: string) => state("a rule that sends to a queue", { intent, queueId })
const toAgent = state("a rule that sends to the agent whom an entity names", {
  intent: "transfer_to_agent",
  entity: "agentId"
})
const rejects = state("a rule that rejects", {
  rule: rejectingRule,
  intent: "transfer_to_billing",
  text: rejection
})
const noRule = state("no rule for an intent", { intent: "order_pizza" })
const queue = (queueId: string) => state("a queue in CXone", { queueId })
const noQueue = state("no queue in CXone", { queueId: unknownQueueId })
const agent = state("an agent in CXone", { agentId })
const newUser = (id: string = userId) => state("a user without an active conversation", { userId: id })
const returningUser = state("a user with an active conversation", { userId, conversationId })
const noConversation = state("no conversation in CXone", { conversationId: unknownConversationId })
const lockedUser = state("a user whom CXone holds a lock on without an active conversation", { userId })
const refused = state("CXone refuses the router's credentials")
const denied = state("CXone grants the router a scope less", { scope })
const misanswered = state("CXone opens conversations and does not say their id")
const limited = state("CXone limits the rate of calls", { retryAfter })
const down = state("CXone is down", { retryAfter })
const silent = state("CXone never answers")
const done = state("a handover that was done under an idempotency key", {
  idempotencyKey,
  intent: "transfer_to_sales",
  userId
})
const full = state("as many handovers under way as the router takes on")

const sales = [takesApiKey, toQueue("transfer_to_sales", salesQueueId)]
const salesFor = (who: State) => [...sales, queue(salesQueueId), who]
const support = [takesApiKey, toQueue("transfer_to_support", supportQueueId)]

const withKey = { "X-API-Key": apiKey }
const basicOf = (password: string) => `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`
const basic = basicOf(password)

const posts = (body: unknown, headers: Record<string, string> = withKey, contentType = "application/json") => ({
  method: "POST",
  path: example.path,
  headers: { "Content-Type": contentType, ...headers },
  body
})

/** The least that a flow's author types into the HTTP Request node. */
const flow = (intent: string) => ({ intent: { name: intent }, user: { id: Match.string(userId) } })

/** The least of Cognigy's own `input` object. */
const input = (intent: string) => ({ intent, userId: Match.string(userId) })

const wholeFlow = {
  intent: { name: "transfer_to_sales", score: Match.number(0.93) },
  entities: [
    { name: "product", value: Match.string("phone") },
    { name: "quantity", value: Match.number(2) },
    { name: "voucher", value: null }
  ],
  session: { sessionId: Match.string("session-1") },
  user: { id: Match.string(userId), name: Match.string("Anna") },
  language: Match.string("de-DE"),
  channel: Match.string("webchat3"),
  inputId: null,
  traceId: Match.string("endpoint-httpIncomingMessage-1"),
  flowVersion: null
}

const wholeInput = {
  intent: "transfer_to_support",
  intentScore: Match.number(0.88),
  slots: {
    product: [{ keyphrase: Match.string("Küchenmaschine"), slotType: "product", count: 1 }],
    DATE: Match.like([{ start: { day: 3, month: 8 } }]),
    person: null
  },
  userId: Match.string(userId),
  sessionId: Match.string("session-1"),
  inputId: Match.string("input-1"),
  traceId: null,
  language: Match.string("de-DE"),
  channel: Match.string("webchat3"),
  text: Match.string("Für die Küchenmaschine bitte einen Menschen 🙏"),
  data: Match.like({ cart: { items: 2, note: "schön verpackt 🎁" }, coupon: null }),
  mode: null,
  understood: Match.boolean(true)
}

/** What a flow's author adds for the agent. */
const flowForAgent = {
  intent: { name: "transfer_to_sales" },
  user: { id: Match.string(userId) },
  contactId: null,
  transcript: [
    { role: "user", text: Match.string("Wo ist mein Paket? 📦"), at: Match.string("2026-11-30T14:29:05Z") },
    { role: "bot", text: Match.string("Das weiß ich leider nicht."), at: null },
    { role: "agent", text: null }
  ],
  summary: Match.string("Anna asks for her parcel."),
  customer: { name: Match.string("Anna Müller"), email: Match.string("anna@example.com"), phone: null },
  context: { order: Match.string("4711"), items: Match.number(2), vip: Match.boolean(true), note: null }
}

/** What Cognigy's Get Transcript node stores, beside the rest of the input; templates make texts. */
const inputForAgent = {
  ...input("transfer_to_support"),
  contactId: "",
  transcript: [
    { role: "system", type: "prompt", payload: { text: Match.string("You are a friendly bot.") } },
    { role: "user", type: "input", payload: { text: Match.string("Wo ist mein Paket?") } },
    { role: "assistant", type: "toolCall", payload: { name: "track", input: { order: 4711 } } },
    { role: "tool", type: "toolAnswer", payload: { content: Match.string("not found") } },
    { role: "assistant", type: "output", payload: { text: Match.string("Das weiß ich leider nicht.") } }
  ],
  summary: "",
  customer: Match.string('{"name":"Anna Müller","phone":"+49 170 1234567"}'),
  context: Match.string('{"order":"4711","vip":true}')
}

/** What whoever watches the router looks for in its log. */
const correlationId = text("^[0-9a-f]{32}$", example.correlationId)

const handedOver = (
  target: { readonly type: "queue" | "agent"; readonly id: string },
  rule: string,
  reused = false
) => ({
  status: 200,
  headers: { "Content-Type": "application/json" },
  // Where the conversation was there before, its id is known.
  body: {
    status: "success",
    conversationId: reused ? conversationId : Match.string(conversationId),
    target,
    rule,
    reused,
    correlationId
  }
})

const toSales = (reused = false) => handedOver({ type: "queue", id: salesQueueId }, "transfer_to_sales", reused)
const toTheAgent = handedOver({ type: "agent", id: agentId }, "transfer_to_agent")

/** A handover that CXone has accepted. */
export const accepted = {
  flow: {
    states: salesFor(newUser()),
    uponReceiving: "a flow's handover to sales",
    withRequest: posts(wholeFlow),
    willRespondWith: toSales()
  },
  input: {
    states: [...support, queue(supportQueueId), newUser()],
    uponReceiving: "Cognigy's input object, handed over to support",
    withRequest: posts(wholeInput, { Authorization: `ApiKey ${apiKey}` }),
    willRespondWith: handedOver({ type: "queue", id: supportQueueId }, "transfer_to_support")
  },
  returning: {
    states: salesFor(returningUser),
    uponReceiving: "a handover of a user who has an active conversation",
    withRequest: posts(
      { intent: { name: "transfer_to_sales" }, user: { id: userId } },
      { Authorization: `Bearer ${apiKey}` }
    ),
    willRespondWith: toSales(true)
  },
  flowForAgent: {
    states: salesFor(newUser()),
    uponReceiving: "a flow's handover with a transcript, a summary, the customer and context",
    withRequest: posts(flowForAgent),
    willRespondWith: toSales()
  },
  inputForAgent: {
    states: [...support, queue(supportQueueId), newUser()],
    uponReceiving: "Cognigy's input object with what its Get Transcript node stores",
    withRequest: posts(inputForAgent),
    willRespondWith: handedOver({ type: "queue", id: supportQueueId }, "transfer_to_support")
  },
  rerouted: {
    states: salesFor(returningUser),
    uponReceiving: "a handover of a conversation that the flow names",
    withRequest: posts({ intent: { name: "transfer_to_sales" }, user: { id: userId }, contactId: conversationId }),
    willRespondWith: toSales(true)
  },
  agentOfEntity: {
    states: [takesPassword, toAgent, agent, newUser()],
    uponReceiving: "a handover to the agent whom a flow's entity names",
    withRequest: posts(
      { ...flow("transfer_to_agent"), entities: [{ name: "agentId", value: agentId }] },
      { Authorization: basic }
    ),
    willRespondWith: toTheAgent
  },
  agentOfSlot: {
    states: [takesApiKey, toAgent, agent, newUser()],
    uponReceiving: "a handover to the agent whom a slot names",
    withRequest: posts({
      ...input("transfer_to_agent"),
      slots: { agentId: [{ keyphrase: agentId, value: "not this one" }, { keyphrase: "nor this one" }] }
    }),
    willRespondWith: toTheAgent
  },
  agentOfSlotValue: {
    states: [takesApiKey, toAgent, agent, newUser()],
    uponReceiving: "a handover to the agent whom the value of a slot names",
    withRequest: posts({ ...input("transfer_to_agent"), slots: { agentId: { keyphrase: null, value: agentId } } }),
    willRespondWith: toTheAgent
  },
  agentOfPlainSlot: {
    states: [takesApiKey, toAgent, agent, newUser()],
    uponReceiving: "a handover to the agent whom a slot names as plain text",
    withRequest: posts({ ...input("transfer_to_agent"), slots: { agentId: [agentId] } }),
    willRespondWith: toTheAgent
  },
  withCharset: {
    states: salesFor(newUser()),
    uponReceiving: "a handover under a content type with parameters",
    withRequest: posts(flow("transfer_to_sales"), withKey, "application/json; charset=utf-8"),
    willRespondWith: toSales()
  },
  vendorJson: {
    states: salesFor(newUser()),
    uponReceiving: "a handover under a content type that is a kind of JSON",
    withRequest: posts(flow("transfer_to_sales"), withKey, "application/vnd.cognigy+json"),
    willRespondWith: toSales()
  },
  numericIds: {
    states: salesFor(newUser(String(example.numericUserId))),
    uponReceiving: "a handover whose ids are numbers",
    withRequest: posts({
      intent: { name: "transfer_to_sales" },
      session: { sessionId: Match.integer(9_007_199_254_740_991) },
      user: { id: Match.integer(example.numericUserId) }
    }),
    willRespondWith: toSales()
  }
} satisfies Record<string, Interaction>

/** The members of a problem that not every one has, and its headers. */
interface Also {
  readonly headers?: NonNullable<Interaction["willRespondWith"]["headers"]>
  readonly members?: Readonly<Record<string, string | ReturnType<typeof Match.string>>>
}

/** `detail` is for people; where the contract says what it names, it must name it. */
const problem = (
  status: number,
  title: string,
  error: string,
  detail: string | ReturnType<typeof Match.regex>,
  { headers, members }: Also = {}
) => ({
  status,
  headers: { "Content-Type": "application/problem+json", ...headers },
  body: {
    type: "about:blank",
    title: Match.string(title),
    status,
    detail: typeof detail === "string" ? Match.string(detail) : detail,
    error,
    correlationId,
    ...members
  }
})

const naming = (name: string, detail: string) => Match.regex(`^.*${name.replace(/[.:]/g, "\\$&")}.*$`, detail)

/** What had decided when it went wrong. */
const byRule = (rule: string): Also => ({ members: { rule } })

const bySales = byRule("transfer_to_sales")

const badRequest = (error: string, detail: string | ReturnType<typeof Match.regex>, also?: Also) =>
  problem(400, "Bad Request", error, detail, also)

const underKey = { ...withKey, "Idempotency-Key": idempotencyKey }

/** A webhook whose key the router knows. */
export const again = {
  same: {
    states: [...salesFor(newUser()), done],
    uponReceiving: "a handover that comes again under its idempotency key",
    withRequest: posts({ intent: { name: "transfer_to_sales" }, user: { id: userId } }, underKey),
    // As the first time: the conversation was not there before.
    willRespondWith: toSales()
  },
  other: {
    states: [...salesFor(newUser()), toQueue("transfer_to_support", supportQueueId), queue(supportQueueId), done],
    uponReceiving: "another handover under the idempotency key of an earlier one",
    withRequest: posts({ intent: { name: "transfer_to_support" }, user: { id: userId } }, underKey),
    willRespondWith: problem(
      422,
      "Unprocessable Content",
      "Idempotency key reused",
      "this idempotency key was used for another handover"
    )
  }
} satisfies Record<string, Interaction>

/** A webhook that the router cannot act on. */
export const bad = {
  contentType: {
    states: [takesApiKey],
    uponReceiving: "a webhook that is plain text",
    withRequest: posts("transfer_to_sales", withKey, "text/plain"),
    willRespondWith: badRequest("Invalid content type", "send the body as application/json")
  },
  flowMember: {
    states: sales,
    uponReceiving: "a flow's handover whose user id is a list",
    withRequest: posts({ intent: { name: "transfer_to_sales" }, user: { id: [userId] } }),
    willRespondWith: badRequest("Invalid payload", naming("user.id", "user.id: expected text"))
  },
  inputMember: {
    states: sales,
    uponReceiving: "an input object whose user id is a fraction",
    withRequest: posts({ intent: "transfer_to_sales", userId: 0.5 }),
    willRespondWith: badRequest("Invalid payload", naming("userId", "userId: expected text, or a whole number"))
  },
  noIntent: {
    states: [takesApiKey],
    uponReceiving: "a flow's handover without an intent",
    withRequest: posts({ user: { id: Match.string(userId) } }),
    willRespondWith: badRequest("Missing required fields", "missing or empty: intent.name")
  },
  noUser: {
    states: sales,
    uponReceiving: "an input object without a user id",
    withRequest: posts({ intent: "transfer_to_sales", userId: null }),
    willRespondWith: badRequest("Missing required fields", "missing or empty: userId")
  },
  unsupportedIntent: {
    states: [takesApiKey, noRule],
    uponReceiving: "a handover for an intent that no rule takes",
    withRequest: posts(flow("order_pizza")),
    willRespondWith: badRequest("Unsupported intent", "no routing rule takes the intent")
  },
  noAgent: {
    states: [takesApiKey, toAgent],
    uponReceiving: "a handover to an agent whom nothing names",
    withRequest: posts({ ...flow("transfer_to_agent"), entities: [{ name: "product", value: "phone" }] }),
    willRespondWith: badRequest("Agent ID missing", 'the entity "agentId" is not there', byRule("transfer_to_agent"))
  }
} satisfies Record<string, Interaction>

const asksFor = (challenge: ReturnType<typeof Match.regex>): Also => ({ headers: { "WWW-Authenticate": challenge } })

const unauthorized = problem(
  401,
  "Unauthorized",
  "Unauthorized",
  "send one of the router's API keys",
  asksFor(
    Match.regex(
      '^ApiKey realm="[^"]+", Bearer realm="[^"]+"$',
      'ApiKey realm="cognigy-cxone-router", Bearer realm="cognigy-cxone-router"'
    )
  )
)

/** A webhook from somebody whom the router does not know. */
export const unknown = {
  noCredentials: {
    states: sales,
    uponReceiving: "a webhook without credentials",
    withRequest: posts(flow("transfer_to_sales"), {}),
    willRespondWith: unauthorized
  },
  wrongKey: {
    states: sales,
    uponReceiving: "a webhook with a wrong API key",
    withRequest: posts(flow("transfer_to_sales"), { "X-API-Key": wrongApiKey }),
    willRespondWith: unauthorized
  },
  wrongAuthorization: {
    states: sales,
    uponReceiving: "a webhook with a wrong API key as Authorization",
    withRequest: posts(flow("transfer_to_sales"), { Authorization: `ApiKey ${wrongApiKey}` }),
    willRespondWith: unauthorized
  },
  wrongPassword: {
    states: [takesPassword, toQueue("transfer_to_sales", salesQueueId)],
    uponReceiving: "a webhook with a wrong password",
    withRequest: posts(flow("transfer_to_sales"), { Authorization: basicOf("not the password") }),
    willRespondWith: problem(
      401,
      "Unauthorized",
      "Unauthorized",
      "send the user and password",
      asksFor(Match.regex('^Basic realm="[^"]+".*$', 'Basic realm="cognigy-cxone-router", charset="UTF-8"'))
    )
  }
} satisfies Record<string, Interaction>

/** A handover that a rule says is not to be: the bot goes on with its text. */
export const declined = {
  states: [takesApiKey, rejects],
  uponReceiving: "a handover that a rule rejects",
  withRequest: posts(flow("transfer_to_billing")),
  willRespondWith: problem(
    403,
    "Forbidden",
    "Handover rejected",
    naming(rejectingRule, `rule "${rejectingRule}" hands nothing over`),
    { members: { rule: rejectingRule, text: rejection } }
  )
} satisfies Interaction

/** A handover of a conversation that is not there: no other is opened. */
export const gone = {
  states: [...salesFor(newUser()), noConversation],
  uponReceiving: "a handover of a conversation that CXone does not have",
  withRequest: posts({
    intent: { name: "transfer_to_sales" },
    user: { id: userId },
    contactId: unknownConversationId
  }),
  willRespondWith: problem(409, "Conflict", "No active conversation", "there is no conversation to route", bySales)
} satisfies Interaction

/** As many characters as Pact generates for one member: the pact itself holds only a few. */
export const LONG_TEXT = 60_000

const longText = {
  "pact:matcher:type": "type",
  "pact:generator:type": "RandomString",
  size: LONG_TEXT,
  value: "a long text"
}

/** The members that together are more than the 256 KiB which a body may have. */
export const longMembers = ["part1", "part2", "part3", "part4", "part5"] as const

/** A webhook that is more than the router reads. */
export const tooLarge = {
  states: sales,
  uponReceiving: "a webhook of 300,000 characters",
  withRequest: posts({
    ...input("transfer_to_sales"),
    data: Object.fromEntries(longMembers.map((member) => [member, longText]))
  }),
  willRespondWith: problem(413, "Content Too Large", "Payload too large", "the router reads at most 256 KiB")
} satisfies Interaction

const badGateway = (error: string, detail: string | ReturnType<typeof Match.regex>, members: Also["members"] = {}) =>
  problem(502, "Bad Gateway", error, detail, { members: { ...bySales.members, ...members } })

/** A handover that CXone does not take, now or later. */
export const rejected = {
  credentials: {
    states: [...sales, refused],
    uponReceiving: "a handover while CXone refuses the router's credentials",
    withRequest: posts(flow("transfer_to_sales")),
    willRespondWith: badGateway("CXone rejected the credentials", "CXone rejected the client id and secret")
  },
  scope: {
    states: [...salesFor(newUser()), denied],
    uponReceiving: "a handover that the router lacks a scope for",
    withRequest: posts(flow("transfer_to_sales")),
    willRespondWith: badGateway("CXone denied access", naming(scope, `CXone asks for the scope ${scope}`))
  },
  target: {
    states: [takesApiKey, toQueue("transfer_to_sales", unknownQueueId), noQueue, newUser()],
    uponReceiving: "a handover to a queue that CXone does not have",
    withRequest: posts(flow("transfer_to_sales")),
    willRespondWith: badGateway("Invalid routing target", "CXone does not know the queue", {
      conversationId: Match.string(conversationId)
    })
  },
  answer: {
    states: [...salesFor(newUser()), misanswered],
    uponReceiving: "a handover that CXone answers with something else than its contract says",
    withRequest: posts(flow("transfer_to_sales")),
    willRespondWith: badGateway("Unexpected CXone response", "CXone's answer to open has no id")
  }
} satisfies Record<string, Interaction>

const unavailable = (error: string, detail: string, also?: Also) =>
  problem(503, "Service Unavailable", error, detail, {
    headers: { "Retry-After": Match.regex("^\\d+$", String(retryAfter)) },
    ...also
  })

/** A handover that the router or CXone may take later. */
export const later = {
  overloaded: {
    states: [...sales, full],
    uponReceiving: "a handover while as many are under way as the router takes on",
    withRequest: posts(flow("transfer_to_sales")),
    willRespondWith: unavailable("Overloaded", "the router takes on no more handovers at once")
  },
  limited: {
    states: [...sales, limited],
    uponReceiving: "a handover while CXone limits the rate of calls",
    withRequest: posts(flow("transfer_to_sales")),
    willRespondWith: unavailable("CXone rate limit exceeded", "CXone limits the rate of calls", bySales)
  },
  down: {
    states: [...sales, down],
    uponReceiving: "a handover while CXone is down",
    withRequest: posts(flow("transfer_to_sales")),
    willRespondWith: unavailable("CXone unavailable", "CXone answered 503", bySales)
  },
  locked: {
    states: salesFor(lockedUser),
    uponReceiving: "a handover of a user whom CXone holds a lock on",
    withRequest: posts({ intent: { name: "transfer_to_sales" }, user: { id: userId } }),
    willRespondWith: unavailable("Conversation conflict", "CXone reports a conversation and lists none", bySales)
  },
  silent: {
    states: [...sales, silent],
    uponReceiving: "a handover while CXone never answers",
    withRequest: posts(flow("transfer_to_sales")),
    willRespondWith: problem(504, "Gateway Timeout", "Handover timed out", "CXone did not answer in time", bySales)
  }
} satisfies Record<string, Interaction>

const asking = (intent: string, headers?: Record<string, string>) => ({
  ...posts(flow(intent), headers),
  path: "/routing/decide"
})

const decidedSales = {
  status: 200,
  headers: { "Content-Type": "application/json" },
  body: {
    status: "decided",
    target: { type: "queue", id: salesQueueId, name: Match.string("sales") },
    fallbacks: [],
    rule: "transfer_to_sales",
    labels: {},
    correlationId
  }
}

/** A flow that only asks where to. */
export const decision = {
  target: {
    states: sales,
    uponReceiving: "a flow's question where a conversation goes",
    withRequest: asking("transfer_to_sales"),
    willRespondWith: decidedSales
  },
  down: {
    states: [...sales, down],
    uponReceiving: "a flow's question where a conversation goes, while CXone is down",
    withRequest: asking("transfer_to_sales"),
    willRespondWith: decidedSales
  },
  unsupportedIntent: {
    ...bad.unsupportedIntent,
    uponReceiving: "a flow's question about an intent that no rule takes",
    withRequest: asking("order_pizza")
  },
  noCredentials: {
    ...unknown.noCredentials,
    uponReceiving: "a flow's question without credentials",
    withRequest: asking("transfer_to_sales", {})
  },
  declined: {
    ...declined,
    uponReceiving: "a flow's question about a handover that a rule rejects",
    withRequest: asking("transfer_to_billing")
  }
} satisfies Record<string, Interaction>

/** All interactions of the pact. */
export const interactions: ReadonlyArray<Interaction> = [
  accepted,
  again,
  bad,
  unknown,
  { declined, gone, tooLarge },
  rejected,
  later,
  decision
].flatMap((group): ReadonlyArray<Interaction> => Object.values(group))
