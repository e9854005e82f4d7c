// The command line as one CommonJS file: a start of `surefoot` reads one file instead of ninety, which is most of its
// time. The library stays as it is compiled. What is loaded only when needed stays outside, unless it throws errors of ours:
// a class of which there are two is none that `instanceof` knows.
export default {
  input: "packages/runner/dist/cli/bin.js",
  platform: "node",
  external: [
    /^node:/,
    "better-sqlite3",
    /^mysql2/,
    "zod",
    /config-schema/,
    /full-parse/,
    /\/(prove|promela)\.(js|ts)$/,
  ],
  output: { file: "packages/runner/dist/cli/surefoot.cjs", format: "cjs", codeSplitting: false, minify: "dce-only" },
};
