#!/usr/bin/env node
// Plain JavaScript, so that an old Node can still read the sentence below: better-sqlite3 13 ends the process on Node
// below 22.14 without an error, so the version is checked before anything else is loaded. CommonJS, because it starts
// sooner than the loader of ES modules.
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    `surefoot needs Node 22.18 or newer; this is Node ${process.versions.node}.\n` +
      "Nothing was done. Install a newer Node, or call the surefoot of a project that brings its own.\n",
  );
  process.exitCode = 2;
} else {
  require("node:module").enableCompileCache();
  require("../dist/cli/surefoot.cjs");
}
