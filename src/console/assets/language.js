// The charts' library throws while it loads where the browser's language is no language tag, such as `en-US@posix` of a Chromium in a POSIX locale.
try {
  Intl.getCanonicalLocales(navigator.language)
} catch {
  Object.defineProperty(navigator, "language", { value: "en" })
}
