/** The text that `simulate` prints once it listens. */
import { type DigitalSimulatorOptions, withDigitalDefaults } from "../simulator/digital/DigitalOptions.ts"
import {
  type NamedId,
  type SimulatorOptions,
  simulatorClientId,
  simulatorClientSecret,
  withDefaults
} from "../simulator/webchat/SimulatorOptions.ts"
import { oneLine } from "../std/oneLine.ts"

/** The most queues and agents that are listed. */
const MAX_SHOWN = 20

const list = (targets: ReadonlyArray<NamedId>): string =>
  [
    ...targets.slice(0, MAX_SHOWN).map(({ id, name }) => oneLine(name === id ? id : `${id} (${name})`)),
    ...(targets.length > MAX_SHOWN ? [`and ${targets.length - MAX_SHOWN} more`] : [])
  ].join(`\n${" ".repeat(25)}`)

interface Targets {
  readonly queues: ReadonlyArray<NamedId>
  readonly agents: ReadonlyArray<NamedId>
  readonly anyTarget: boolean
}

const banner = (url: string, credentials: string, { agents, anyTarget, queues }: Targets, token: string) => `
CXone simulator listens on ${url}

${credentials}
  queues                 ${list(queues)}
  agents                 ${list(agents)}${anyTarget ? "\n  targets                any queue or agent is accepted, also one that is not there" : ""}
  access token           curl -s ${url}${token}
  state                  curl -s ${url}/__simulator/state

Stop with Ctrl+C.
`

/** The banner of a simulated web chat API. */
export const webchatBanner = (url: string, options: SimulatorOptions): string =>
  banner(
    url,
    `  client id and secret   ${simulatorClientId} / ${simulatorClientSecret}`,
    withDefaults(options),
    `/oauth/token -d grant_type=client_credentials -d client_id=${simulatorClientId} -d client_secret=${simulatorClientSecret}`
  )

/** The banner of a simulated Digital Engagement API. */
export const digitalBanner = (url: string, options: DigitalSimulatorOptions): string => {
  const settings = withDigitalDefaults(options)
  const { accessKeyId, accessKeySecret, clientId, clientSecret } = settings.credentials
  return banner(
    url,
    `  issuer                 ${url}
  client id and secret   ${clientId} / ${clientSecret}
  access key and secret  ${accessKeyId} / ${accessKeySecret}
  tenant                 ${settings.tenantId}
  channel                ${settings.channels.map(({ id }) => id).join(", ")}`,
    settings,
    `/auth/token -u ${clientId}:${clientSecret} -d grant_type=password -d username=${accessKeyId} -d password=${accessKeySecret}`
  )
}
