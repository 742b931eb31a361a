/** What the router asks a CXone with the Digital Engagement API, and the answers that it acts on. */
import type { Interaction } from "../mock.ts"
import { change, contact, findActive } from "./contacts.ts"
import { discovery, token } from "./issuer.ts"
import { message, post } from "./messages.ts"
import { toAgent, toAgentByNumber, toQueue, toSkill } from "./routing.ts"
import { channel, directory, fields } from "./tenant.ts"

/** Every interaction. */
export const all: ReadonlyArray<Interaction> = [
  token,
  discovery,
  post,
  message,
  contact,
  findActive,
  change,
  toSkill,
  toQueue,
  toAgent,
  toAgentByNumber,
  channel,
  fields,
  directory
].flatMap((group) => Object.values<Interaction>(group))
