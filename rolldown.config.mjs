// The command line as CommonJS files: a start of `surefoot` reads one file instead of ninety, which is most of its time. The
// library stays as it is compiled. What is loaded only when needed stays outside, unless it throws errors of ours: a class
// of which there are two is none that `instanceof` knows.
const drivers = [/^node:/, "better-sqlite3", /^mysql2/, "zod", "commander"];
const seldom = [/config-schema/, /full-parse/, /\/(prove|promela|verdict)\.(js|ts)$/];
// A text of ASCII alone takes half the room in memory, and Node has it at hand sooner.
const ascii = {
  name: "ascii",
  generateBundle: (_, bundle) => {
    for (const chunk of Object.values(bundle)) chunk.code = chunk.code.replaceAll(/[\u0080-\uffff]/g, escaped);
  },
};
/** Of a unit of UTF-16, as it may stand in strings, templates and regular expressions. */
const escaped = (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
const dir = "packages/runner/dist/cli";

export default [
  {
    input: `${dir}/bin.js`,
    platform: "node",
    external: [...drivers, ...seldom],
    plugins: [ascii],
    output: { file: `${dir}/surefoot.cjs`, format: "cjs", codeSplitting: false, minify: "dce-only" },
  },
  // What `replay` plays with, from the package that needs the runner, and the program of the processes that it kills.
  {
    input: {
      replay: "packages/scenarios/dist/replay.js",
      "command-process": "packages/scenarios/dist/play/command-process.js",
    },
    platform: "node",
    external: drivers,
    output: {
      dir: "packages/runner/dist/replay",
      format: "cjs",
      entryFileNames: "[name].cjs",
      chunkFileNames: "[name].cjs",
      minify: "dce-only",
    },
  },
];
