/** A probe that also tells which modules of other packages the server has loaded. */
import { registerHooks } from "node:module"
import { answers } from "./probe.ts"

const imports = new Set<string>()

const isPackage = (url: string) => url.includes("/node_modules/")

registerHooks({
  resolve: (specifier, context, next) => {
    const resolved = next(specifier, context)
    if (context.parentURL !== undefined && !isPackage(context.parentURL) && isPackage(resolved.url)) {
      imports.add(resolved.url)
    }
    return resolved
  }
})

Object.assign(answers, { imports: () => [...imports] })
