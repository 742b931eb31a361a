import { defineConfig } from "vitest/config"

// Nothing here may depend on the machine's speed; this only stops a test that hangs.
const patience = { testTimeout: 60_000, hookTimeout: 60_000 }

// Pact reports its use over the network unless told not to, in these very words: "1" is not enough.
const env = { PACT_DO_NOT_TRACK: "true" }

// Files that run in one worker share the modules that they import: loading Effect anew for each file takes longer than most files.
const shared = { ...patience, isolate: false }

// A group starts when the one before it is done. By default one core would stay idle, which on a machine with two is half of it.
const together = { maxWorkers: "100%", sequence: { groupOrder: 1 } }

export default defineConfig({
  test: {
    projects: [
      {
        // Writes the pacts. Its files must not run side by side, whatever `--maxWorkers` says: they write to the same two.
        test: {
          ...shared,
          env,
          name: "consumer",
          include: ["test/contract/consumer/**/*.test.ts"],
          globalSetup: "test/contract/support/freshPacts.ts",
          fileParallelism: false,
          sequence: { groupOrder: 0 }
        }
      },
      {
        test: {
          ...shared,
          ...together,
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: ["test/browser/**", "test/contract/**", "test/faults/**", "test/package/**"]
        }
      },
      {
        // Compares the pacts with the committed ones, and holds both providers to these.
        test: {
          ...shared,
          ...together,
          env,
          name: "provider",
          include: ["test/contract/**/*.test.ts"],
          exclude: ["test/contract/consumer/**"]
        }
      },
      {
        // Packs the package, and installs it into a project of its own.
        test: {
          ...together,
          ...patience,
          name: "package",
          include: ["test/package/**/*.test.ts"]
        }
      },
      {
        // One browser for all files, one file after the other: a page that has to wait for the processor waits for nothing else.
        test: {
          ...shared,
          testTimeout: 120_000,
          name: "browser",
          include: ["test/browser/**/*.test.ts"],
          globalSetup: "test/browser/support/chromium.ts",
          fileParallelism: false,
          sequence: { groupOrder: 2 }
        }
      },
      {
        // Starts many processes and loads them, so nothing else runs beside it.
        test: {
          ...patience,
          testTimeout: 120_000,
          name: "faults",
          include: ["test/faults/**/*.test.ts"],
          sequence: { groupOrder: 3 }
        }
      }
    ]
  }
})
