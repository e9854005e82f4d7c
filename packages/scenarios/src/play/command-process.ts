/**
 * The program of a process that plays one command and may be killed in it. It is told what to do in its argument, and
 * tells what happens to the process that has started it.
 */
import { once } from "node:events";
import { callCommand } from "./call-command.ts";
import type { Asked, Heard } from "./child-command.ts";
import { gated } from "./gate.ts";

const tell = (message: Heard): void => void process.send?.(message);

async function play({ call, gate }: Asked): Promise<void> {
  // Nobody is there any more who could end this process.
  process.on("disconnect", () => process.exit(1));
  const exit = await callCommand(call, {
    said: (text, stream) => tell({ type: "said", text, stream }),
    watch: (event) => tell({ type: "watch", event }),
    ...(gate === null
      ? {}
      : {
          between: (database) =>
            gated(database, gate, async () => {
              const told = once(process, "message");
              tell({ type: "gate" });
              await told;
            }),
        }),
  });
  tell({ type: "end", exit });
}

void play(JSON.parse(process.argv[2] ?? "") as Asked).finally(() => {
  if (process.connected) process.disconnect();
});
