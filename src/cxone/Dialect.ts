/** The dialects of CXone's API: each is a folder beside this file. */
import { Config } from "effect"
import type { TargetIds } from "../domain/Target.ts"
import { wordConfig } from "../std/valueConfigs.ts"
import { digitalIds } from "./digital/ids.ts"
import { webchatIds } from "./webchat/ids.ts"

/** `webchat`: the webchat API; `digital`: the Digital Engagement API. */
export type Dialect = "webchat" | "digital"

/** `CXONE_DIALECT`: `webchat` by default. */
export const dialectConfig: Config.Config<Dialect> = wordConfig("CXONE_DIALECT", ["webchat", "digital"]).pipe(
  Config.withDefault("webchat" as const)
)

/** The form of a dialect's ids of queues and agents. */
export const idsOf = (dialect: Dialect): TargetIds => (dialect === "digital" ? digitalIds : webchatIds)
