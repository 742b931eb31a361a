/** The reference as Markdown: a page for each entry point, and one that lists them. */
import type { EntryPoint, Export, Member } from "./PublicApi.ts"

/** A page, by its name. */
export interface Page {
  readonly name: string
  readonly text: string
}

/** Types of more characters than this are left out: schemas and layers of Effect's spell out all that they are made of. */
const LONGEST_TYPE = 600

/** How members are introduced, in this order. */
const KINDS: ReadonlyArray<readonly [Member["kind"], string]> = [
  ["static", "Of the class"],
  ["service", "The service"],
  ["member", "Members"]
]

const code = (text: string) => `\`\`\`ts\n${text}\n\`\`\``

const declaration = ({ kind, name, type }: Export): ReadonlyArray<string> => {
  const own = name.slice(name.lastIndexOf(".") + 1)
  if (type === "" || type.length > LONGEST_TYPE) return []
  return [code(kind === "type" ? `type ${own} = ${type}` : `const ${own}: ${type}`)]
}

const memberLines = ({ doc, name, type }: Member): string => {
  const signature = type.length > LONGEST_TYPE ? name : `${name}: ${type}`
  return `- \`${signature}\`\n\n${doc.replace(/^/gm, "  ")}`
}

const section = (one: Export): string =>
  [
    `### ${one.name}`,
    ...declaration(one),
    one.doc,
    ...KINDS.flatMap(([kind, title]) => {
      const members = one.members.filter((member) => member.kind === kind)
      return members.length === 0 ? [] : [`**${title}**`, ...members.map(memberLines)]
    })
  ].join("\n\n")

/** An export's first sentence. */
const summary = ({ doc }: Export): string => (/^.*?\.(?=\s|$)/s.exec(doc)?.[0] ?? doc).replace(/\s+/g, " ")

/** The anchor of a heading, as GitHub makes them. */
const anchor = (name: string): string => name.toLowerCase().replaceAll(".", "")

const table = (page: string, exports: ReadonlyArray<Export>): string =>
  [
    "| export | |",
    "| --- | --- |",
    ...exports.map(
      (one) => `| [\`${one.name}\`](${page}#${anchor(one.name)}) | ${summary(one).replaceAll("|", "\\|")} |`
    )
  ].join("\n")

const byFile = (exports: ReadonlyArray<Export>) => Map.groupBy(exports, ({ file }) => file)

/** The pages for entry points by the names that they are imported by, in the order in which each export is described once. */
export const render = (entryPoints: ReadonlyArray<readonly [name: string, EntryPoint]>): ReadonlyArray<Page> => {
  const described = new Set<string>()
  const pages = entryPoints.map(([name, { exports }]) => {
    const own = exports.filter((one) => !described.has(`${one.file} ${one.name}`))
    for (const one of own) described.add(`${one.file} ${one.name}`)
    const files = [...byFile(own)].map(([file, exports]) => [`## ${file}`, ...exports.map(section)].join("\n\n"))
    return {
      name: `${name.replaceAll("/", "-")}.md`,
      title: name,
      own,
      text: `${[`# ${name}`, ...files].join("\n\n")}\n`
    }
  })
  const index = [
    "# Reference",
    ...pages.flatMap(({ name, own, title }) => [`## [${title}](${name})`, table(name, own)])
  ].join("\n\n")
  return [{ name: "README.md", text: `${index}\n` }, ...pages.map(({ name, text }) => ({ name, text }))]
}
