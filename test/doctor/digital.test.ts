/** `doctor` in the dialect `digital`: each failing set-up has its line. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Redacted } from "effect"
import { Contacts } from "../../src/cxone/digital/Contacts.ts"
import * as Digital from "../../src/cxone/digital/Digital.ts"
import { DigitalSettings } from "../../src/cxone/digital/DigitalSettings.ts"
import { Messages } from "../../src/cxone/digital/Messages.ts"
import { TenantDirectory } from "../../src/cxone/digital/TenantDirectory.ts"
import { type DigitalDoctorInput, runDigital } from "../../src/doctor/runDigital.ts"
import type { DoctorTarget } from "../../src/doctor/targetChecks.ts"
import { DigitalSimulator } from "../../src/simulator/DigitalSimulator.ts"
import {
  type DigitalSimulatorInProcessOptions,
  digitalAccessKeySecret,
  digitalAgentId,
  digitalChannelId,
  digitalClientSecret,
  routingQueueId,
  salesSkillId
} from "../../src/simulator/digital/DigitalOptions.ts"
import type { DigitalFault } from "../../src/simulator/digital/Operation.ts"
import { settings } from "../probe/support.ts"
import { patient, timed } from "../support/time.ts"
import { output } from "./support.ts"

const queue = (id: string): DoctorTarget => ({ kind: "queue", id, name: "sales", where: "routes.yaml:2:3" })
const agent = (id: string): DoctorTarget => ({ kind: "agent", id, name: "alex", where: "routes.yaml:4:5" })

interface Setup {
  readonly options?: DigitalSimulatorInProcessOptions
  readonly faults?: ReadonlyArray<DigitalFault>
  readonly cxone?: Partial<DigitalSettings["Service"]>
  readonly input?: Partial<Pick<DigitalDoctorInput, "targets" | "labels">>
}

/** The lines of a run. There is no router, so the webhook's line says that. */
const examine = ({ cxone, faults = [], input = {}, options }: Setup) =>
  Effect.gen(function* () {
    const simulator = yield* DigitalSimulator
    yield* Effect.forEach(faults, simulator.order)
    const all = { ...settings(simulator.baseUrl), ...cxone }
    const { layer, lines, text } = output()
    const services = Layer.mergeAll(
      Contacts.layer,
      Messages.layer(all.channelId ?? ""),
      TenantDirectory.layer(all.acdVersion)
    ).pipe(Layer.provideMerge(Digital.layerClient()), Layer.provide(DigitalSettings.layer(all)))
    const run = runDigital({
      host: "127.0.0.1",
      port: 0,
      credentials: { mode: "none" },
      cxone: all,
      targets: [],
      labels: [],
      ...input
    })
    const { value: isWell } = yield* timed(Effect.provide(run, Layer.merge(services, layer)))
    const { counts } = yield* simulator.state
    assert.strictEqual(counts.post + counts.label + counts.status + counts.priority + counts.routeToQueue, 0)
    for (const secret of [digitalClientSecret, digitalAccessKeySecret, "eyJ"]) assert.notInclude(text(), secret)
    return { isWell, lines: lines().map((line) => line.replace(/ {2,}/g, "  ").replace(/\d+ ms/g, "0 ms")) }
  }).pipe(Effect.provide(DigitalSimulator.layerInProcess(options)), patient)

const ISSUER = "http://cxone.simulated"

const setups: ReadonlyArray<
  Setup & { readonly when: string; readonly isWell: boolean; readonly lines: ReadonlyArray<RegExp> }
> = [
  {
    when: "nothing is wrong",
    input: {
      targets: [queue(salesSkillId), queue(routingQueueId), agent(digitalAgentId)],
      labels: ["email"]
    },
    isWell: true,
    lines: [
      /^✓ clock {2}/,
      /^✓ reachability {2}http:\/\/cxone\.simulated answered 4\d\d in 0 ms, directly$/,
      /^✓ token {2}CXone issued one in 0 ms$/,
      /^✓ discovery {2}http:\/\/cxone\.simulated$/,
      /^✓ API {2}http:\/\/cxone\.simulated answered 401 in 0 ms, directly$/,
      /^✓ channel {2}Cognigy$/,
      /^✓ permissions {2}to see channels, contacts, messages and custom fields; /,
      /^✓ custom fields {2}cognigy_intent, email$/,
      /^✓ queue sales \(4001\) {2}Sales$/,
      /^✓ queue sales \(90e5e000…\) {2}Priority customers$/,
      /^✓ agent alex \(a6e27000…\) {2}ACTIVE$/
    ]
  },
  {
    when: "the issuer cannot be reached",
    cxone: { issuer: "http://elsewhere.test" },
    isWell: false,
    lines: [
      /^✗ reachability {2}http:\/\/elsewhere\.test: the connection failed/,
      /CXONE_ISSUER/,
      /^- token {2}skipped: needs an answer/
    ]
  },
  {
    when: "the access key is wrong",
    cxone: { accessKeySecret: Redacted.make("wrong") },
    isWell: false,
    lines: [
      /^✗ token {2}CXone refused the client or the access key$/,
      /→ check accessKeyId and accessKeySecret/,
      /^- channel {2}skipped/
    ]
  },
  {
    when: "the client is wrong",
    cxone: { clientSecret: Redacted.make("wrong") },
    isWell: false,
    lines: [
      /^✗ token {2}CXone refused the client or the access key$/,
      /→ check clientId and clientSecret, and that CXone has approved/
    ]
  },
  {
    when: "the tenant is another one",
    cxone: { tenantId: "another" },
    isWell: false,
    lines: [
      /^✓ token {2}/,
      /^✗ discovery {2}CXone's answer is not its contract \(discovery, status 404\)/,
      /→ check CXONE_ISSUER and CXONE_TENANT_ID/,
      /^- API {2}skipped: needs the API's address$/
    ]
  },
  {
    when: "CXONE_BASE_URL is another server",
    cxone: { baseUrl: "http://elsewhere.test" },
    isWell: false,
    lines: [
      /^✓ discovery {2}not needed: CXONE_BASE_URL is set$/,
      /^✗ API {2}http:\/\/elsewhere\.test: /,
      /→ .*CXONE_BASE_URL/,
      /^- permissions {2}skipped: needs an answer from the API$/
    ]
  },
  {
    when: "CXONE_BASE_URL is set",
    cxone: { baseUrl: ISSUER },
    isWell: true,
    lines: [/^✓ discovery {2}not needed/, /^✓ API {2}/]
  },
  {
    when: "the channel is unknown",
    cxone: { channelId: "nowhere" },
    isWell: false,
    lines: [
      /^✗ channel {2}the channel nowhere is unknown to CXone, or the role may not see it$/,
      /→ copy the channel's id to CXONE_CHANNEL_ID/
    ]
  },
  {
    when: "the channel is a live chat",
    options: { channels: [{ id: digitalChannelId, name: "Website", isLiveChat: true }] },
    isWell: true,
    lines: [/^⚠ channel {2}Website: a live chat/, /→ take a channel of your own/]
  },
  {
    when: "the channel's name holds a secret",
    options: { channels: [{ id: digitalChannelId, name: `a ${digitalAccessKeySecret} b` }] },
    isWell: true,
    lines: [/^✓ channel {2}a \*\*\* b$/]
  },
  {
    when: "permissions are missing",
    options: { denied: ["findActive", "message"] },
    isWell: false,
    lines: [
      /^✓ channel {2}/,
      /^✗ permissions {2}CXone denied access: the role needs to see digital contacts, to see messages of digital contacts$/,
      /→ allow the role of the employee whose access key it is to see digital contacts/
    ]
  },
  {
    when: "custom fields are missing",
    options: { fields: [] },
    input: { labels: ["tier"] },
    isWell: true,
    lines: [
      /^⚠ custom fields {2}the tenant has no cognigy_intent, tier: handovers leave them out$/,
      /→ create custom fields .* with the idents cognigy_intent, tier$/
    ]
  },
  {
    when: "the field of the intent has another name",
    cxone: { intentField: "topic" },
    isWell: true,
    lines: [/^⚠ custom fields {2}the tenant has no topic: handovers leave it out$/]
  },
  {
    when: "custom fields cannot be read",
    faults: [{ operation: "fields", kind: "status", status: 403, times: 9 }],
    isWell: false,
    lines: [
      /^✗ permissions {2}.*see custom fields of digital contacts/,
      /^⚠ custom fields {2}cannot be read, so that handovers set none: /
    ]
  },
  {
    when: "targets do not exist",
    input: {
      targets: [
        queue("4999"),
        queue("90e5e000-0000-4000-8000-0000000000ff"),
        agent("a6e27000-0000-4000-8000-0000000000ff"),
        agent("70010")
      ]
    },
    isWell: false,
    lines: [
      /^✗ queue sales \(4999\) {2}the skill does not exist in CXone \(routes\.yaml:2:3\)$/,
      /^✗ queue sales \(90e5e000…\) {2}the routing queue does not exist in CXone/,
      /^✗ agent alex \(a6e27000…\) {2}the user does not exist in CXone \(routes\.yaml:4:5\)$/,
      /^- agent alex \(70010\) {2}skipped: CXone looks up no agent by number$/,
      /→ replace the id 4999 at routes\.yaml:2:3: ACD > Skills/,
      /→ to have the agent at routes\.yaml:4:5 checked, replace the number/
    ]
  },
  {
    when: "a user is not active",
    faults: [{ operation: "agent", kind: "body", status: 200, body: { user: { status: "DEACTIVATED" } } }],
    input: { targets: [agent(digitalAgentId)] },
    isWell: true,
    lines: [/^⚠ agent alex \(a6e27000…\) {2}the user is DEACTIVATED \(routes\.yaml:4:5\)$/]
  }
]

describe("doctor in the dialect digital, when", () => {
  for (const { isWell, lines, when, ...setup } of setups) {
    it.live(when, () =>
      Effect.gen(function* () {
        const run = yield* examine(setup)
        for (const line of lines) {
          assert.isTrue(
            run.lines.some((shown) => line.test(shown.trim())),
            `${line} is not in\n${run.lines.join("\n")}`
          )
        }
        assert.strictEqual(run.isWell, isWell, run.lines.join("\n"))
      })
    )
  }

  it.live("the contact is found on any channel: it needs none", () =>
    Effect.gen(function* () {
      const { channelId: _, ...rest } = settings(ISSUER)
      const run = yield* examine({ cxone: { ...rest, channelId: undefined, contact: "find" } as never })
      assert.include(run.lines, "- channel  skipped: CXONE_CHANNEL_ID is not set: contacts of all channels are found")
      assert.isTrue(run.isWell)
    })
  )
})
