#!/usr/bin/env node
/** The command of the package. It checks the version of Node before it loads code that an old one cannot run. */
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number)

if (major > 22 || (major === 22 && minor >= 19)) await import("./main.ts")
else {
  process.stderr.write(`Not started: this is Node ${process.versions.node}, and 22.19 or later is needed\n`)
  process.exitCode = 1
}
