import { Command } from "commander";
import { addDemo } from "./commands/demo.ts";
import { addExport } from "./commands/export.ts";
import { addFormats } from "./commands/formats.ts";
import { addInfo } from "./commands/info.ts";
import { addServe } from "./commands/serve.ts";
import { addSteps } from "./commands/steps.ts";
import { addVerify } from "./commands/verify.ts";
import { ExitCode } from "./ending.ts";
import { version } from "./version.ts";

const program = new Command("sluice")
  .description("Streams laboratory arrays into the file formats that the lab's people use.")
  .version(version)
  .showHelpAfterError("(add --help for the options)")
  .exitOverride((error) => process.exit(error.exitCode === 0 ? ExitCode.done : ExitCode.usage));

for (const add of [addExport, addInfo, addFormats, addSteps, addVerify, addServe, addDemo]) add(program);

await program.parseAsync();
