import { existsSync, readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { Duration, Metric, Result } from "effect"
import { OpenApi } from "effect/http-api"
import { parse, parseAllDocuments } from "yaml"
import packageJson from "../../package.json" with { type: "json" }
import { Api } from "../../src/cognigy/Api.ts"
import * as Digital from "../../src/cxone/digital/Digital.ts"
import { OUTCOMES } from "../../src/cxone/transport/AccessToken.ts"
import { COUNTED } from "../../src/cxone/transport/Attempt.ts"
import { CIRCUITS } from "../../src/cxone/transport/Circuit.ts"
import { webchatIds } from "../../src/cxone/webchat/ids.ts"
import * as Webchat from "../../src/cxone/webchat/Webchat.ts"
import { DEFAULT_DEADLINE } from "../../src/handover/Handover.ts"
import { REASONS } from "../../src/handover/journalMetrics.ts"
import { FAILURES as failures } from "../../src/handover/outcome.ts"
import * as metricsModule from "../../src/metrics.ts"
import { readRoutes } from "../../src/routing/file/readRoutes.ts"

// --- PromQL, as far as it takes to see which metrics and labels an expression names ----------------------------------

const TOKEN =
  /\s*(?:(?<text>"(?:[^"\\]|\\.)*")|(?<number>\d+(?:\.\d+)?(?:ms|[smhdwy])?\b)|(?<name>[A-Za-z_:][\w:]*)|(?<sign>=~|!~|!=|==|>=|<=|[-+*/%^<>=(){}[\],]))/y

const KEYWORDS = new Set("by without on ignoring group_left group_right and or unless offset bool".split(" "))

const GROUPING = new Set(["by", "without", "on", "ignoring", "group_left", "group_right"])

const closing: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" }

interface Selector {
  readonly metric: string
  readonly at: number
  readonly matchers: ReadonlyArray<{ readonly label: string; readonly sign: string; readonly value: string }>
}

interface Grouping {
  readonly at: number
  readonly labels: ReadonlyArray<string>
}

/** The tokens of an expression, where their brackets end, and what they select and group by; or what is wrong. */
const readExpression = (expr: string) => {
  const tokens: Array<string> = []
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < expr.trimEnd().length) {
    const from = TOKEN.lastIndex
    const found = TOKEN.exec(expr)
    if (found === null) return `cannot be read from here: ${expr.slice(from)}`
    tokens.push(found[0].trim())
  }
  /** Of each bracket, the index of the one that belongs to it. */
  const partner = new Map<number, number>()
  const open: Array<number> = []
  for (const [index, token] of tokens.entries()) {
    if (token in closing) open.push(index)
    else if (Object.values(closing).includes(token)) {
      const opened = open.pop()
      if (opened === undefined || closing[tokens[opened] ?? ""] !== token) return `a ${token} that nothing opened`
      partner.set(opened, index).set(index, opened)
    }
  }
  if (open.length > 0) return `a ${tokens[open.at(-1) ?? 0]} that nothing closes`

  const selectors: Array<Selector> = []
  const groupings: Array<Grouping> = []
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at] ?? ""
    if (!/^[A-Za-z_:]/.test(token)) continue
    const next = tokens[at + 1]
    if (GROUPING.has(token)) {
      const end = next === "(" ? (partner.get(at + 1) ?? at) : at
      groupings.push({ at, labels: tokens.slice(at + 2, end).filter((label) => label !== ",") })
      at = end
    } else if (!KEYWORDS.has(token) && next !== "(" && !GROUPING.has(next ?? "")) {
      const end = next === "{" ? (partner.get(at + 1) ?? at) : at
      const matchers = tokens
        .slice(at + 2, end)
        .join("")
        .matchAll(/(\w+)(=~|!~|!=|=)"((?:[^"\\]|\\.)*)"(?:,|$)/g)
      selectors.push({
        metric: token,
        at,
        matchers: [...matchers].map(([, label = "", sign = "", value = ""]) => ({ label, sign, value }))
      })
      at = end
    }
  }
  /** What an aggregation's labels hold of: the brackets after them (or, written last, before them). A match's labels hold of everything. */
  const groupedBy = ({ at }: Grouping): ReadonlyArray<Selector> => {
    const after = (partner.get(at + 1) ?? at) + 1
    const isMatch = tokens[at] !== "by" && tokens[at] !== "without"
    if (isMatch) return selectors
    const from = tokens[after] === "(" ? after : (partner.get(at - 1) ?? at)
    const to = partner.get(from) ?? from
    return selectors.filter(({ at }) => at > from && at < to)
  }
  return { selectors, groupings: groupings.map((grouping) => ({ ...grouping, of: groupedBy(grouping) })) }
}

const metricsOf = (expr: string): ReadonlyArray<string> => {
  const read = readExpression(expr)
  return typeof read === "string" ? [] : read.selectors.map(({ metric }) => metric)
}

/** What an expression matches labels by that no series has: of a pattern, each of its alternatives must fit one value at the least. */
const strangeValues = (
  expr: string,
  values: (metric: string, label: string) => ReadonlyArray<string> | undefined
): ReadonlyArray<string> => {
  const read = readExpression(expr)
  if (typeof read === "string") return []
  return read.selectors.flatMap(({ matchers, metric }) =>
    matchers.flatMap(({ label, sign, value }) => {
      const there = values(metric, label)
      if (there === undefined) return []
      const alternatives = sign.endsWith("~") ? value.split("|") : [value]
      const fits = (alternative: string) =>
        sign.endsWith("~")
          ? there.some((one) => new RegExp(`^(?:${alternative})$`).test(one))
          : there.includes(alternative)
      return alternatives
        .filter((alternative) => !fits(alternative))
        .map((alternative) => `${metric} has no ${label} ${alternative}`)
    })
  )
}

/** All that is wrong with an expression, given the labels of all series. */
const expressionProblems = (expr: string, known: ReadonlyMap<string, ReadonlyArray<string>>): ReadonlyArray<string> => {
  const read = readExpression(expr)
  if (typeof read === "string") return [read]
  const { groupings, selectors } = read
  const lacking = ({ metric }: Selector, labels: ReadonlyArray<string>) =>
    labels.filter((label) => !known.get(metric)?.includes(label)).map((label) => `${metric} has no label ${label}`)
  return [
    ...(selectors.length === 0 ? ["no metric in it"] : []),
    ...selectors.filter(({ metric }) => !known.has(metric)).map(({ metric }) => `no metric ${metric}`),
    ...selectors.flatMap((selector) =>
      lacking(
        selector,
        selector.matchers.map(({ label }) => label)
      )
    ),
    ...groupings.flatMap(({ labels, of }) =>
      of.length === 0 ? ["grouped, but nothing in it"] : of.flatMap((selector) => lacking(selector, labels))
    )
  ]
}

describe("what reads PromQL here", () => {
  const series = new Map([
    ["a_total", ["job", "rule"]],
    ["b_bucket", ["job", "le"]]
  ])
  const cases: ReadonlyArray<readonly [expr: string, ...problems: ReadonlyArray<string>]> = [
    ['sum by (job, rule) (increase(a_total{rule=~"x|y"}[5m])) >= 5 and on (job) sum by (job) (b_bucket) > 0.1'],
    ["sum(rate(a_total[5m])) by (rule) unless a_total offset 15m"],
    ["histogram_quantile(0.95, sum by (le) (rate(b_bucket[5m])))"],
    ["absent(c_total)", "no metric c_total"],
    ['a_total{job="x", outcome="y"}', "a_total has no label outcome"],
    ["sum by (outcome) (a_total)", "a_total has no label outcome"],
    ["sum(a_total) by (le)", "a_total has no label le"],
    ["sum by (job) (a_total) / on (rule) b_bucket", "b_bucket has no label rule"],
    ["sum((a_total)", "a ( that nothing closes"],
    ["sum(a_total])", "a ] that nothing opened"],
    ["sum(a_total) ? 1", "cannot be read from here:  ? 1"],
    ["vector(1)", "no metric in it"]
  ]
  for (const [expr, ...problems] of cases) {
    it(expr, () => assert.deepStrictEqual(expressionProblems(expr, series), problems))
  }
})

describe("what looks for values of labels here", () => {
  const values = (metric: string, label: string) =>
    metric === "a_total" && label === "outcome" ? ["success", "invalid_target", "500"] : undefined
  const cases: ReadonlyArray<readonly [expr: string, ...problems: ReadonlyArray<string>]> = [
    ['sum(a_total{outcome="success"}) + sum(a_total{outcome!~"invalid_.+|5.."})'],
    ['a_total{rule="any"} or b_total{outcome="any"}'],
    ['a_total{outcome="sucess"}', "a_total has no outcome sucess"],
    ['a_total{outcome!="5.."}', "a_total has no outcome 5.."],
    ['a_total{outcome=~"success|invalid"}', "a_total has no outcome invalid"]
  ]
  for (const [expr, ...problems] of cases) {
    it(expr, () => assert.deepStrictEqual(strangeValues(expr, values), problems))
  }
})

// --- The files -------------------------------------------------------------------------------------------------------

const root = new URL("../../", import.meta.url)
const read = (path: string) => readFileSync(new URL(path, root), "utf8")

/** The labels of each metric: what its doc comment says, and the README's table. */
const labelsOf: Readonly<Record<string, ReadonlyArray<string>>> = {
  router_handovers_total: ["rule", "target", "outcome"],
  router_handover_failures_total: ["outcome"],
  router_orphaned_conversations_total: [],
  router_handover_duration_seconds: ["outcome"],
  router_webhook_refusals_total: ["reason"],
  router_decisions_total: ["rule", "target", "outcome"],
  router_routing_reloads_total: ["outcome"],
  router_routing_table_rejected: [],
  router_routing_table_rules: [],
  router_routing_table_version: [],
  router_database_up: [],
  router_history_written_total: [],
  router_history_dropped_total: ["reason"],
  router_history_queue: [],
  cxone_calls_total: ["dialect", "operation", "status"],
  cxone_call_duration_seconds: ["dialect", "operation"],
  cxone_retries_total: ["dialect", "operation"],
  cxone_rate_limit_waits_total: ["dialect", "operation"],
  cxone_rate_limit_wait_seconds_total: ["dialect"],
  cxone_circuit_state: ["dialect", "circuit"],
  cxone_token_age_seconds: [],
  cxone_token_refreshes_total: ["dialect", "outcome"],
  cxone_labels_pending: [],
  cxone_labels_sent_total: [],
  cxone_labels_dropped_total: ["reason"]
}

const metrics = Object.entries(metricsModule).flatMap(([name, metric]) =>
  Metric.isMetric(metric) ? [{ name, id: metric.id, type: metric.type }] : []
)

/** The series that Prometheus has, with their labels: those of a histogram have names of their own, and each target has two labels. */
const known = new Map<string, ReadonlyArray<string>>([["up", ["job", "instance"]]])
for (const { id, type } of metrics) {
  const labels = ["job", "instance", ...(labelsOf[id] ?? [])]
  if (type !== "Histogram") known.set(id, labels)
  else {
    known.set(`${id}_bucket`, [...labels, "le"])
    known.set(`${id}_sum`, labels)
    known.set(`${id}_count`, labels)
  }
}

/** A series' metric: a histogram has three kinds of them. */
const metricOf = (series: string) => series.replace(/(?<=_seconds)_(bucket|sum|count)$/, "")

interface Rule {
  readonly alert: string
  readonly expr: string
  readonly for?: string
  readonly keep_firing_for?: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
}

const groups: ReadonlyArray<{ readonly name: string; readonly rules: ReadonlyArray<Rule> }> = parse(
  read("src/deploy/alerts.yaml")
).groups
const rules = groups.flatMap(({ rules }) => rules)

const readme = read("src/deploy/README.md")

const dialect = ["webchat", "digital"]

const operation = [...new Set<string>([...Webchat.operations, ...Digital.operations])]

const classes = ["1xx", "2xx", "3xx", "4xx", "5xx"]

/** The values that labels can have, but for names of rules. */
const valuesOf: Readonly<Record<string, Readonly<Record<string, ReadonlyArray<string>>>>> = {
  router_handovers_total: { outcome: ["success", "repeated", ...failures], target: ["queue", "agent", "none"] },
  router_handover_failures_total: { outcome: failures },
  router_handover_duration_seconds: { outcome: ["success", "repeated", "failure"] },
  router_webhook_refusals_total: { reason: REASONS },
  router_decisions_total: {
    outcome: ["success", "rejected", "unsupported_intent", "agent_id_missing"],
    target: ["queue", "agent", "none"]
  },
  router_routing_reloads_total: { outcome: ["live", "rejected"] },
  cxone_calls_total: {
    dialect,
    operation,
    status: [...[...COUNTED].map(String), ...classes, "timeout", "connection", "not_tried"]
  },
  cxone_call_duration_seconds: { dialect, operation },
  cxone_retries_total: { dialect, operation },
  cxone_rate_limit_waits_total: { dialect, operation },
  cxone_circuit_state: { dialect, circuit: Object.values(CIRCUITS) },
  cxone_token_refreshes_total: { dialect, outcome: OUTCOMES },
  cxone_labels_dropped_total: { reason: ["overflow", "failed", "shutdown"] }
}

/** The anchors of the headings, as GitHub makes them. */
const anchors = [...readme.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .replace(/\s/g, "-")
)

describe("alerts.yaml", () => {
  it("has alerts with names of their own", () => {
    assert.isAbove(rules.length, 10)
    assert.strictEqual(new Set(rules.map(({ alert }) => alert)).size, rules.length)
    assert.strictEqual(new Set(groups.map(({ name }) => name)).size, groups.length)
  })

  for (const rule of rules) {
    describe(rule.alert, () => {
      it("queries metrics that exist", () => {
        assert.deepStrictEqual(expressionProblems(rule.expr, known), [])
      })

      it("waits for its reason to last, or looks back at a while", () => {
        const duration = /^[0-9]+(s|m|h|d)$/
        assert.isTrue(rule.for !== undefined || rule.keep_firing_for !== undefined)
        for (const time of [rule.for, rule.keep_firing_for]) if (time !== undefined) assert.match(time, duration)
      })

      it("has a severity and a summary", () => {
        assert.include(["critical", "warning"], rule.labels.severity)
        assert.match(rule.annotations.summary ?? "", /\S/)
        assert.match(rule.annotations.description ?? "", /\S/)
      })

      it("shows no label that its result does not have", () => {
        const shown = Object.values({ ...rule.labels, ...rule.annotations }).flatMap((text) =>
          [...text.matchAll(/\$labels\.(\w+)/g)].map(([, label = ""]) => label)
        )
        const grouped = [...rule.expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list = ""]) => list.split(/,\s*/))
        // What is not aggregated keeps all labels.
        const has = grouped.length === 0 ? ["job", "instance"] : grouped
        assert.deepStrictEqual(
          shown.filter((label) => !has.includes(label)),
          []
        )
      })

      it("has its section in the README", () => {
        assert.strictEqual(rule.annotations.runbook_url, `src/deploy/README.md#${rule.alert.toLowerCase()}`)
        const section = readme.split(/^### /m).find((text) => text.startsWith(`${rule.alert}\n`))
        for (const part of ["**Means:**", "**See:**", "**Do:**"]) assert.include(section, part)
        assert.include(readme, `| [${rule.alert}](#${rule.alert.toLowerCase()}) | ${rule.labels.severity} |`)
      })
    })
  }

  it("matches labels by values that there are, as the dashboard does", () => {
    for (const expr of [...rules.map(({ expr }) => expr), ...dashboardExpressions()]) {
      assert.deepStrictEqual(
        strangeValues(expr, (metric, label) => valuesOf[metricOf(metric)]?.[label]),
        [],
        expr
      )
    }
  })

  it("asks of no counter that starts at 0 whether it was there before", () => {
    for (const { expr } of rules) {
      for (const [, metric = ""] of expr.matchAll(/(\w+)(?:\{[^}]*\})? unless \1/g)) {
        assert.include(["router_handovers_total", "cxone_calls_total"], metric)
      }
    }
  })
})

interface Panel {
  readonly id: number
  readonly type: string
  readonly title: string
  readonly datasource?: { readonly uid: string }
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
  readonly targets?: ReadonlyArray<{ readonly expr: string; readonly datasource: { readonly uid: string } }>
}

interface Dashboard {
  readonly id: null
  readonly schemaVersion: number
  readonly panels: ReadonlyArray<Panel>
  readonly templating: { readonly list: ReadonlyArray<{ readonly name: string; readonly definition?: string }> }
}

const dashboard: Dashboard = JSON.parse(read("src/deploy/dashboard.json"))

const dashboardExpressions = () =>
  dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => withoutVariables(expr)))

/** Grafana puts a time in the place of some of its variables, and a pattern in the place of ours. */
const withoutVariables = (expr: string) =>
  expr.replace(/\$__(rate_interval|range|interval)\b/g, "5m").replace(/\$(job|instance)\b/g, ".+")

describe("dashboard.json", () => {
  it("queries metrics that exist", () => {
    for (const expr of dashboardExpressions()) assert.deepStrictEqual(expressionProblems(expr, known), [], expr)
  })

  it("shows every metric", () => {
    const shown = new Set(dashboardExpressions().flatMap(metricsOf).map(metricOf))
    assert.deepStrictEqual(
      metrics.filter(({ id }) => !shown.has(id)),
      []
    )
  })

  it("belongs to no Grafana: its datasource is a variable, and it knows its variables", () => {
    assert.isNull(dashboard.id)
    const variables = dashboard.templating.list.map(({ name }) => name)
    assert.deepStrictEqual(variables, ["datasource", "job", "instance"])
    for (const { datasource, targets = [], title, type } of dashboard.panels) {
      if (type === "row") continue
      assert.strictEqual(datasource?.uid, "$" + "{datasource}", title)
      for (const target of targets) assert.strictEqual(target.datasource.uid, "$" + "{datasource}", title)
      assert.isAbove(targets.length, 0, title)
    }
    for (const { definition } of dashboard.templating.list) {
      const metric = definition && /^label_values\((\w+)/.exec(definition)?.[1]
      if (definition !== undefined) assert.isTrue(known.has(metric ?? ""), definition)
    }
    assert.isAtLeast(dashboard.schemaVersion, 39)
  })

  it("has rows for all parts, and no panel over another", () => {
    const rows = dashboard.panels.filter(({ type }) => type === "row").map(({ title }) => title)
    assert.deepStrictEqual(rows, ["Handovers", "CXone", "Token", "Labels", "Webhook", "Routing", "History"])
    assert.strictEqual(new Set(dashboard.panels.map(({ id }) => id)).size, dashboard.panels.length)
    for (const [index, { gridPos: one, title }] of dashboard.panels.entries()) {
      assert.isAtMost(one.x + one.w, 24, title)
      for (const { gridPos: other, title: otherTitle } of dashboard.panels.slice(index + 1)) {
        const apart =
          one.x + one.w <= other.x ||
          other.x + other.w <= one.x ||
          one.y + one.h <= other.y ||
          other.y + other.h <= one.y
        assert.isTrue(apart, `${title} and ${otherTitle}`)
      }
    }
  })
})

describe("README.md", () => {
  it("has every metric in its table, with its type and labels", () => {
    const source = ["cognigy", "cxone/transport", "handover", "history", "routing/file", "store"]
      .map((room) => read(`src/${room}/metrics.ts`))
      .join("")
    assert.sameMembers(
      Object.keys(labelsOf),
      metrics.map(({ id }) => id)
    )
    for (const { id, name, type } of metrics) {
      const labels = labelsOf[id] ?? []
      const cell = labels.map((label) => `\`${label}\``).join(", ")
      assert.include(readme, `| \`${id}\` | ${type.toLowerCase()} | ${cell}${cell === "" ? "" : " "}| `)
      // The comment that ends just before the export.
      const before = source.slice(0, source.indexOf(`export const ${name} `))
      const comment = before.slice(before.lastIndexOf("/**"))
      for (const label of labels) assert.include(comment, `\`${label}\``, id)
    }
  })

  it("names every outcome and every reason", () => {
    const rows = [...readme.matchAll(/^\| ((?:`\w+`(?:, )?)+) \|/gm)].flatMap(([, cell = ""]) =>
      [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name)
    )
    for (const name of [...failures, ...REASONS, "success", "repeated"]) assert.include(rows, name)
  })

  it("names every operation of a handover, by dialect", () => {
    const lookUps = ["whoami", "queue", "agent", "skill", "channel", "status", "activity", "hours"]
    for (const [name, { operations }] of Object.entries({ webchat: Webchat, digital: Digital })) {
      const row = readme.split("\n").find((line) => line.startsWith(`| \`${name}\` | \`token\``)) ?? ""
      for (const one of operations) if (!lookUps.includes(one)) assert.include(row, `\`${one}\``)
    }
  })

  it("says which settings there are of traces", () => {
    const source = read("src/app/TracingSettings.ts") + read("src/app/sampler.ts")
    const [, traces = ""] = readme.split("\n## Traces\n")
    for (const [, name = ""] of traces.matchAll(/`(OTEL_\w+)`/g)) assert.include(source, `"${name}"`)
    for (const [name] of source.matchAll(/OTEL_TRACES_SAMPLER(?:_ARG)?|OTEL_EXPORTER_OTLP_(?:ENDPOINT|TIMEOUT)/g)) {
      assert.include(traces, `\`${name}\``)
    }
  })

  it("queries metrics that exist", () => {
    const blocks = [...readme.matchAll(/```promql\n(.*?)```/gs)].map(([, expr = ""]) => expr)
    const inline = [...readme.matchAll(/`(sum by [^`]+)`/g)].map(([, expr = ""]) => expr)
    assert.isAbove(blocks.length + inline.length, 3)
    for (const expr of [...blocks, ...inline]) assert.deepStrictEqual(expressionProblems(expr, known), [], expr)
  })

  it("links only to existing places", () => {
    const links = [...readme.matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)]
    assert.isAbove(links.length, 10)
    for (const [link, path = "", anchor] of links) {
      if (path !== "") assert.isTrue(existsSync(new URL(path, new URL("src/deploy/", root))), link)
      else assert.include(anchors, anchor, link)
    }
  })

  it("calls the dashboard's panels by their titles", () => {
    const titles = dashboard.panels.map(({ title }) => title)
    const alerts = readme.slice(readme.indexOf("## The first five minutes"))
    const named = [...alerts.matchAll(/(?<!\*)\*([A-Z][^*\n]+)\*(?!\*)/g)].map(([, title = ""]) => title)
    assert.isAbove(named.length, 10)
    for (const title of named) {
      assert.isTrue(
        titles.some((panel) => panel.startsWith(title)),
        title
      )
    }
  })
})

/** The deadline, half a second, and where traces are sent as much again for the last spans, as the README says. */
const SHUTDOWN_SECONDS = Duration.toSeconds(DEFAULT_DEADLINE) + 0.5 + 0.5

describe("kubernetes.yaml", () => {
  const documents = parseAllDocuments(read("src/deploy/kubernetes.yaml"))
  // biome-ignore lint/suspicious/noExplicitAny: the manifests are what Kubernetes says, and are only looked at here
  const manifests: ReadonlyArray<any> = documents.map((document) => document.toJS())
  const find = (kind: string, name = "cognigy-cxone-router") =>
    manifests.find((manifest) => manifest.kind === kind && manifest.metadata.name === name)
  const pod = find("Deployment").spec.template.spec
  const [container] = pod.containers
  const settings: Readonly<Record<string, string>> = find("ConfigMap").data

  it("is YAML", () => {
    for (const { errors } of documents) assert.deepStrictEqual(errors, [])
  })

  it("probes paths that the API has, at ports that the container has", () => {
    const paths = Object.keys(OpenApi.fromApi(Api).paths)
    const ports = container.ports.map(({ name }: { readonly name: string }) => name)
    for (const probe of ["startupProbe", "readinessProbe", "livenessProbe"]) {
      assert.include(paths, container[probe].httpGet.path, probe)
      assert.include(ports, container[probe].httpGet.port, probe)
    }
    assert.strictEqual(container.readinessProbe.httpGet.path, "/readyz")
    assert.strictEqual(container.livenessProbe.httpGet.path, "/healthz")
    for (const { targetPort } of find("Service").spec.ports) assert.include(ports, targetPort)
    const numbers = container.ports.map(({ containerPort }: { readonly containerPort: number }) =>
      String(containerPort)
    )
    assert.deepStrictEqual(numbers, [settings.PORT, settings.METRICS_PORT])
  })

  it("leaves the shutdown its time", () => {
    const [, seconds] = container.lifecycle.preStop.exec.command
    assert.isAbove(pod.terminationGracePeriodSeconds, Number(seconds) + SHUTDOWN_SECONDS)
    assert.strictEqual(settings.HANDOVER_DEADLINE, `${Duration.toSeconds(DEFAULT_DEADLINE)}s`)
  })

  it("is scraped under one name alone: that of its Service", () => {
    // With these, the usual scrape job of all pods would take it in too, and the alerts would not know it.
    assert.isUndefined(find("Deployment").spec.template.metadata.annotations)
    assert.isTrue(find("Service").spec.ports.some(({ name }: { readonly name: string }) => name === "metrics"))
    for (const { expr } of rules) {
      for (const [, job] of expr.matchAll(/job="([^"]*)"/g)) assert.strictEqual(job, find("Service").metadata.name)
    }
  })

  it("holds a routing table that the router takes, mounted as a directory", () => {
    const { data, metadata } = find("ConfigMap", "cognigy-cxone-router-routes")
    assert.isTrue(Result.isSuccess(readRoutes(data["routes.yaml"], webchatIds)))
    const [mount] = container.volumeMounts
    assert.isUndefined(mount.subPath)
    assert.strictEqual(settings.ROUTES_FILE, `${mount.mountPath}/routes.yaml`)
    const volume = pod.volumes.find(({ name }: { readonly name: string }) => name === mount.name)
    assert.strictEqual(volume.configMap.name, metadata.name)
  })

  it("sets what is a setting, and no secret", () => {
    const example = read(".env.example")
    const metricSettings = ["METRICS_PORT", "METRICS_HOST"]
    for (const name of Object.keys(settings)) {
      assert.isTrue(metricSettings.includes(name) || new RegExp(`^#?${name}=`, "m").test(example), name)
    }
    assert.isUndefined(manifests.find(({ kind }) => kind === "Secret"))
  })

  it("mounts the Secret as a directory, and names its files", () => {
    const mount = container.volumeMounts.find(({ name }: { readonly name: string }) => name === "secrets")
    assert.isUndefined(mount.subPath)
    const volume = pod.volumes.find(({ name }: { readonly name: string }) => name === mount.name)
    assert.strictEqual(volume.secret.secretName, "cognigy-cxone-router")
    const files = Object.entries(settings).filter(([name]) => name.endsWith("_FILE") && name !== "ROUTES_FILE")
    assert.isNotEmpty(files)
    // README.md says how the Secret is made.
    const [made = ""] = /kubectl create secret .*\\\n.*/.exec(read("src/deploy/README.md")) ?? []
    for (const [name, path] of files) {
      const key = name.replace(/_FILE$/, "")
      assert.strictEqual(path, `${mount.mountPath}/${key}`)
      assert.include(made, `--from-file=${key}=`)
    }
  })

  it("gives it no privileges", () => {
    assert.isTrue(pod.securityContext.runAsNonRoot)
    assert.isTrue(container.securityContext.readOnlyRootFilesystem)
    assert.isFalse(container.securityContext.allowPrivilegeEscalation)
    assert.deepStrictEqual(container.securityContext.capabilities, { drop: ["ALL"] })
    assert.isFalse(pod.automountServiceAccountToken)
    assert.isFalse(pod.enableServiceLinks)
  })
})

describe("Containerfile", () => {
  /** The instructions, with lines that go on joined. */
  const instructions = read("src/deploy/Containerfile")
    .replace(/^#.*\n/gm, "")
    .replace(/\\\n\s*/g, "")
    .split("\n")
    .filter((line) => line.trim() !== "")
  const all = (name: string) =>
    instructions.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1))
  const last = (name: string) => all(name).at(-1) ?? ""

  it("has a Node that package.json takes, from one pinned tag for all stages", () => {
    const [, tag = ""] = /^NODE=(.+)$/.exec(last("ARG")) ?? []
    const [, version = ""] = /^(\d+\.\d+\.\d+)-\w+-slim$/.exec(tag) ?? []
    const [, least = ""] = /^>=(\d+\.\d+\.\d+)$/.exec(packageJson.engines.node) ?? []
    assert.match(version, /^24\./)
    assert.isAtLeast(version.localeCompare(least, "en", { numeric: true }), 0)
    assert.deepStrictEqual(
      all("FROM").map((from) => from.split(" ")[0]),
      Array(2).fill("node:$" + "{NODE}")
    )
  })

  it("copies files that exist, and no secret", () => {
    for (const copy of all("COPY").filter((copy) => !copy.startsWith("--from="))) {
      const sources = copy.split(" ").slice(0, -1)
      for (const source of sources) {
        assert.isTrue(existsSync(new URL(source, root)), source)
        assert.include(["package.json", "package-lock.json", "src/"], source)
      }
    }
  })

  it("installs everything that the sources import", () => {
    assert.include(last("RUN npm"), "--omit=dev")
    const packages: Readonly<Record<string, { readonly dev?: boolean }>> = JSON.parse(
      read("package-lock.json")
    ).packages
    for (const name of ["effect", "@effect/platform-node", "yaml", "re2js"]) {
      const installed = packages[`node_modules/${name}`]
      assert.isTrue(installed !== undefined && installed.dev !== true, `${name} is left out by --omit=dev`)
    }
  })

  it("is not root, listens for others, and gets signals itself", () => {
    assert.match(last("USER"), /^[1-9]\d*:[1-9]\d*$/)
    assert.include(last("ENV"), "HOST=0.0.0.0")
    assert.deepStrictEqual(
      [...JSON.parse(last("ENTRYPOINT")), ...JSON.parse(last("CMD"))],
      ["node", "src/main.ts", "serve"]
    )
  })

  it("asks /healthz how it is, with Node itself", () => {
    const [, check = ""] = /CMD (\[.*\])$/.exec(last("HEALTHCHECK")) ?? []
    const [command, flag, script] = JSON.parse(check)
    assert.deepStrictEqual([command, flag], ["node", "--eval"])
    assert.include(script, "/healthz")
    assert.include(Object.keys(OpenApi.fromApi(Api).paths), "/healthz")
  })
})

describe("cognigy-cxone-router.service", () => {
  const unit = new Map(
    [...read("src/deploy/cognigy-cxone-router.service").matchAll(/^(\w+)=(.*)$/gm)].map(([, key = "", value = ""]) => [
      key,
      value
    ])
  )

  it("starts the router, and leaves its shutdown the time", () => {
    assert.match(unit.get("ExecStart") ?? "", /^\S*\/node \S*\/src\/main\.ts serve$/)
    const [, seconds] = /^(\d+)s$/.exec(unit.get("TimeoutStopSec") ?? "") ?? []
    assert.isAbove(Number(seconds), SHUTDOWN_SECONDS)
    assert.strictEqual(unit.get("Restart"), "on-failure")
  })

  it("lets Node compile while it runs", () => {
    assert.isFalse(unit.has("MemoryDenyWriteExecute"))
  })
})
