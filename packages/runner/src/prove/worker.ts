/** A thread that answers one task after the other. */
import { parentPort, workerData } from "node:worker_threads";
import type { Question, Task } from "./task.ts";
import { answer } from "./task.ts";

parentPort?.on("message", (task: Task) => parentPort?.postMessage(answer(workerData as Question, task)));
