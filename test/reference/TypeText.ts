/** Types as people write them: by exported names, with their members and what these are. */
import {
  isArrowFunction,
  isCallExpression,
  isFunctionDeclaration,
  isFunctionExpression,
  isGetAccessorDeclaration,
  isIdentifier,
  isMethodDeclaration,
  isMethodSignatureDeclaration,
  isObjectLiteralExpression,
  isPropertyAssignment,
  isPropertyDeclaration,
  isPropertySignatureDeclaration,
  isStringLiteral,
  isTypeAliasDeclaration,
  isVariableDeclaration,
  type Node
} from "typescript/unstable/ast"
import {
  type Checker,
  NodeBuilderFlags,
  ObjectFlags,
  SignatureKind,
  SymbolFlags,
  type Symbol as TsSymbol,
  type Type,
  TypeFlags
} from "typescript/unstable/sync"

/** A type that has a name which people can import. */
export interface Named {
  readonly name: string
  readonly type: Type
}

const FLAGS = NodeBuilderFlags.NoTruncation | NodeBuilderFlags.UseAliasDefinedOutsideCurrentScope

/** `CheckFlags.Readonly`, of members that a mapped type makes. */
const READONLY = 8

/** Members are written in one line up to this many characters. */
const LONGEST_LINE = 100

/** How deep objects without a name are spelled out. */
const DEEPEST = 8

/** What is written to describe types; `named` has the types with names. */
export const typeTexts = (
  checker: Checker,
  nodesOf: (symbol: TsSymbol) => ReadonlyArray<Node>,
  named: ReadonlyArray<Named>
) => {
  const names = new Map(named.filter(({ type }) => isDistinct(type)).map(({ name, type }) => [type.id, name]))
  /** Unions with a name, by the ids of their parts, the largest first. */
  const unions = named
    .filter(({ type }) => type.isUnionType() && isDistinct(type))
    .map(({ name, type }) => ({ name, parts: partsOf(type).map(({ id }) => id) }))
    .sort((one, other) => other.parts.length - one.parts.length)
  const realUndefined = checker.getUndefinedType().id

  const plain = (type: Type, node: Node | undefined, flags = FLAGS) => checker.typeToString(type, node, flags)

  /** Only what the author has written: the `undefined` that stands for a member that is not there is no value of it. */
  const withoutMissing = (type: Type): ReadonlyArray<Type> =>
    partsOf(type).filter(({ flags, id }) => (flags & TypeFlags.Undefined) === 0 || id === realUndefined)

  const isOptional = ({ flags }: TsSymbol) => (flags & SymbolFlags.Optional) !== 0

  /** A comment of its own, or the description of its schema. */
  const docOf = (symbol: TsSymbol): string => {
    const nodes = nodesOf(symbol)
    const doc = checker.getDocumentationCommentOfSymbol(symbol).trim()
    return doc === "" ? (nodes.map(descriptionIn).find((text) => text !== undefined) ?? "") : once(doc, nodes.length)
  }

  const descriptionIn = (node: Node): string | undefined => {
    if (!isPropertyAssignment(node) || !isCallExpression(node.initializer)) return undefined
    const { initializer } = node
    const [first] = initializer.arguments
    if (first !== undefined && isStringLiteral(first)) {
      const [parameter] = checker.getResolvedSignature(initializer)?.getParameters() ?? []
      if (parameter?.name === "description") return first.text
    }
    return initializer.arguments.map(annotatedDescription).find((text) => text !== undefined)
  }

  const annotatedDescription = (node: Node): string | undefined => {
    if (!isCallExpression(node) || !node.expression.getText().endsWith("annotateKey")) return undefined
    return node.arguments
      .flatMap((options) => (isObjectLiteralExpression(options) ? [...options.properties] : []))
      .flatMap((property) =>
        isPropertyAssignment(property) &&
        property.name.getText() === "description" &&
        isStringLiteral(property.initializer)
          ? [property.initializer.text]
          : []
      )[0]
  }

  /** A type, with the members of those that have no name. The outermost is spelled out although it has one. */
  const expanded = (type: Type, node: Node | undefined): string => spell(type, node, 0, true)

  const spell = (type: Type, node: Node | undefined, depth: number, isOutermost = false): string => {
    const name = isOutermost ? undefined : names.get(type.id)
    if (name !== undefined) return name
    if (depth > DEEPEST || (!isOutermost && type.getAliasSymbol() !== undefined)) return plain(type, node)
    const flags = isOutermost ? FLAGS | NodeBuilderFlags.InTypeAlias : FLAGS
    if (type.isUnionType()) return spellUnion(partsOf(type), node, depth, isOutermost) ?? plain(type, node, flags)
    if (checker.isArrayType(type) && type.isTypeReference()) {
      const [element] = checker.getTypeArguments(type)
      const array = plain(type, node).startsWith("readonly ") ? "ReadonlyArray" : "Array"
      return element === undefined ? plain(type, node) : `${array}<${spell(element, node, depth + 1)}>`
    }
    return isPlainObject(type) ? spellObject(type, node, depth) : plain(type, node, flags)
  }

  /** Nothing where no part has a name or members of its own: then the compiler's way to write it is the shorter one. */
  const spellUnion = (
    parts: ReadonlyArray<Type>,
    node: Node | undefined,
    depth: number,
    isOutermost = false
  ): string | undefined => {
    let left = parts
    const texts: Array<string> = []
    for (const union of unions) {
      if (isOutermost || !union.parts.every((id) => left.some((part) => part.id === id))) continue
      texts.push(union.name)
      left = left.filter(({ id }) => !union.parts.includes(id))
    }
    const isWorthwhile =
      texts.length > 0 || left.some((part) => names.has(part.id) || isPlainObject(part) || checker.isArrayType(part))
    if (!isWorthwhile) return undefined
    const isBoolean = left.filter(({ flags }) => (flags & TypeFlags.BooleanLiteral) !== 0).length === 2
    const rest = left.filter(({ flags }) => !isBoolean || (flags & TypeFlags.BooleanLiteral) === 0)
    const written = rest.map((part) => {
      const text = spell(part, node, depth)
      return text.includes("=>") && !text.startsWith("{") ? `(${text})` : text
    })
    return [...texts, ...(isBoolean ? ["boolean"] : []), ...written]
      .sort((one, other) => rank(one) - rank(other))
      .join(" | ")
  }

  const isPlainObject = (type: Type): boolean => {
    if (type.isIntersectionType()) return type.getTypes().every(isPlainObject)
    if (!type.isObjectType() || (type.objectFlags & (ObjectFlags.Anonymous | ObjectFlags.Mapped)) === 0) return false
    return [SignatureKind.Call, SignatureKind.Construct].every(
      (kind) => checker.getSignaturesOfType(type, kind).length === 0
    )
  }

  const spellObject = (type: Type, node: Node | undefined, depth: number): string => {
    const indexes = checker
      .getIndexInfosOfType(type)
      .map(
        ({ isReadonly, keyType, valueType }) =>
          `${isReadonly ? "readonly " : ""}[name: ${plain(keyType, node)}]: ${spell(valueType, node, depth + 1)}`
      )
    const members = checker.getPropertiesOfType(type).map((member) => {
      const [declaration] = nodesOf(member)
      const isReadonly =
        (member.checkFlags & READONLY) !== 0 || (declaration?.getText().startsWith("readonly ") ?? false)
      return {
        doc: docOf(member),
        text: `${isReadonly ? "readonly " : ""}${member.name}${isOptional(member) ? "?" : ""}: ${ofMember(member, declaration ?? node, depth + 1)}`
      }
    })
    const texts = [...indexes, ...members.map(({ text }) => text)]
    const line = texts.length === 0 ? "{}" : `{ ${texts.join("; ")} }`
    if (members.every(({ doc }) => doc === "") && line.length <= LONGEST_LINE && !line.includes("\n")) return line
    const lines = [...indexes, ...members.flatMap(({ doc, text }) => [...comment(doc), text])]
    return `{\n${lines.join("\n").replace(/^(?=.)/gm, "  ")}\n}`
  }

  const ofMember = (symbol: TsSymbol, node: Node | undefined, depth: number): string => {
    const written = node === undefined ? undefined : declaredText(node)
    if (written !== undefined) return written
    const type = checker.getTypeOfSymbol(symbol)
    if (type === undefined) return ""
    if (!isOptional(symbol)) return spell(type, node, depth)
    const parts = withoutMissing(type)
    const [only] = parts
    if (only !== undefined && parts.length === 1) return spell(only, node, depth)
    return spellUnion(parts, node, depth) ?? plain(type, node).replace(/ \| undefined$/, "")
  }

  /** What a declaration says itself of its type, where it says all of it. */
  const declaredText = (node: Node): string | undefined => {
    const text = textOfDeclaration(node)
    // What `typeof` names may not be exported.
    return text === undefined || /\btypeof\b/.test(text) ? undefined : text
  }

  return {
    docOf,
    expanded,
    isOptional,
    plain,
    withoutMissing,
    /** The type of an export or member. */
    ofSymbol: (symbol: TsSymbol, node: Node | undefined) => ofMember(symbol, node, 0),
    /** What an alias stands for. */
    ofAlias: (type: Type, node: Node) => {
      const text = isTypeAliasDeclaration(node) ? tidy(node.type) : undefined
      return text === undefined || /\btypeof\b/.test(text) ? expanded(type, node) : text
    }
  }
}

/** Types that nothing but their name's type is likely to be: no texts, numbers and records. */
const isDistinct = (type: Type): boolean => {
  const parts = partsOf(type)
  const isObject = parts.every(({ flags }) => (flags & (TypeFlags.Object | TypeFlags.Intersection)) !== 0)
  const isTexts = parts.length > 2 && parts.every(({ flags }) => (flags & TypeFlags.StringLiteral) !== 0)
  return isTexts || (isObject && type.getAliasTypeArguments().length === 0)
}

const partsOf = (type: Type): ReadonlyArray<Type> => (type.isUnionType() ? type.getTypes() : [type])

/** Where a part of a union stands: what has several lines at the end, but for nothing at all. */
const rank = (text: string): number => (text === "null" || text === "undefined" ? 2 : text.includes("\n") ? 1 : 0)

/** The text of a node in one line; with its lines where comments stand in it. */
const tidy = (node: Node): string => {
  const text = node.getText()
  const isUnion = text.startsWith("|")
  if (!text.includes("/*") && !text.includes("//")) return inOneLine(text.replace(/^\|\s*/, ""))
  const indents = text
    .split("\n")
    .slice(1)
    .filter((line) => line.trim() !== "")
    .map((line) => line.search(/\S/))
  const outdented = text.replaceAll(`\n${" ".repeat(Math.min(...indents))}`, "\n")
  return isUnion ? `\n${outdented.replace(/^(?=.)/gm, "  ")}` : outdented
}

/** Members of objects have a semicolon between them where lines tell them apart. */
const inOneLine = (text: string): string =>
  text
    .replace(/([(<])\s*\n\s*/g, "$1")
    .replace(/,?\s*\n\s*([)>])/g, "$1")
    .replace(/(?<=[^{,|&=>:?\s])\s*\n\s*(?=\w)/g, "; ")
    .replace(/\s+/g, " ")
    .replace(/; \}/g, " }")

const textOfDeclaration = (node: Node): string | undefined => {
  if (isGetAccessorDeclaration(node)) return node.type && tidy(node.type)
  if (isFunctionLike(node)) {
    const { parameters, type, typeParameters } = node
    // What is taken apart has no name; the compiler's way to write it is not worse.
    if (type === undefined || !parameters.every(({ name, type }) => isIdentifier(name) && type !== undefined)) {
      return undefined
    }
    const written = parameters.map(({ dotDotDotToken, initializer, name, questionToken, type }) => {
      const isOptional = questionToken !== undefined || initializer !== undefined
      return `${dotDotDotToken === undefined ? "" : "..."}${name.getText()}${isOptional ? "?" : ""}: ${type === undefined ? "" : tidy(type)}`
    })
    return `${typeParametersText(typeParameters)}(${written.join(", ")}) => ${tidy(type)}`
  }
  if (isPropertySignatureDeclaration(node)) return node.type && tidy(node.type)
  if (isVariableDeclaration(node) || isPropertyDeclaration(node)) {
    if (node.type !== undefined) return tidy(node.type)
    const { initializer } = node
    return initializer !== undefined && isArrowFunction(initializer) ? textOfDeclaration(initializer) : undefined
  }
  return undefined
}

const isFunctionLike = (node: Node) =>
  isArrowFunction(node) ||
  isFunctionDeclaration(node) ||
  isFunctionExpression(node) ||
  isMethodDeclaration(node) ||
  isMethodSignatureDeclaration(node)

/** `<A, E extends Failure>`; nothing where there are none. */
export const typeParametersText = (parameters: Iterable<Node> | undefined): string => {
  const texts = [...(parameters ?? [])].map(tidy)
  return texts.length === 0 ? "" : `<${texts.join(", ")}>`
}

/** A doc comment with these lines. */
const comment = (doc: string): ReadonlyArray<string> => {
  const lines = doc.split("\n")
  return doc === "" ? [] : lines.length === 1 ? [`/** ${doc} */`] : ["/**", ...lines.map((line) => ` * ${line}`), " */"]
}

/** The comments of several declarations of one name, without those that others begin with. */
const once = (doc: string, declarations: number): string => {
  if (declarations < 2) return doc
  const lines = doc.split("\n")
  const bare = (text: string) => text.replace(/\.$/, "")
  for (let at = 1; at < lines.length; at++) {
    const [before, after] = [lines.slice(0, at).join("\n"), lines.slice(at).join("\n")]
    if (before.startsWith(bare(after))) return before
    if (after.startsWith(bare(before))) return after
  }
  return doc
}
