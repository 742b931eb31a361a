import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // Nothing here may depend on the machine's speed; this only stops a test that hangs.
    testTimeout: 20_000,
    hookTimeout: 20_000
  }
})
