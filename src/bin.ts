#!/usr/bin/env node
/** The command of the package. Where Node is too old it says so, before anything is loaded that a newer one is needed for. */
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number)

if (major > 22 || (major === 22 && minor >= 19)) await import("./main.ts")
else {
  process.stderr.write(`Not started: this is Node ${process.versions.node}, and 22.19 or later is needed\n`)
  process.exitCode = 1
}
