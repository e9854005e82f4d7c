/** Does the parts of a proof on several threads, as many as there are processors. */
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { ConfigurationResult, MutantResult } from "@surefoot/model/explorer";
import type { Answer, Question, Task } from "./task.ts";
import { answer, tasksOf } from "./task.ts";

export interface Parts {
  readonly configurations: readonly ConfigurationResult[];
  readonly mutants: readonly MutantResult[];
}

const workerCountMax = 8;

/** @throws whatever a part throws: a bug of the explorer, never a violated property. */
export async function sideBySide(
  question: Question,
  mutants: boolean,
  onAnswer: (answer: Answer) => void,
  workerCount = Math.min(availableParallelism(), workerCountMax),
): Promise<Parts> {
  const tasks = [...tasksOf(question, mutants)];
  const answers: Answer[] = [];
  const heard = (one: Answer): void => {
    answers.push(one);
    onAnswer(one);
  };
  // A thread costs more than a small proof.
  if (workerCount < 2) for (const task of tasks) heard(answer(question, task));
  else await Promise.all(Array.from({ length: workerCount }, () => work(question, tasks, heard)));
  const sorted = answers.toSorted((one, other) => one.index - other.index);
  return {
    configurations: sorted.flatMap((one) => (one.type === "configuration" ? [one.result] : [])),
    mutants: sorted.flatMap((one) => (one.type === "mutant" ? [one.result] : [])),
  };
}

/** Takes the next task until none is left. */
async function work(question: Question, tasks: Task[], heard: (answer: Answer) => void): Promise<void> {
  const file = import.meta.url.endsWith(".ts") ? "./worker.ts" : "./worker.js";
  const worker = new Worker(new URL(file, import.meta.url), { workerData: question });
  try {
    await new Promise<void>((resolve, reject) => {
      const next = (): void => {
        const task = tasks.shift();
        if (task === undefined) resolve();
        else worker.postMessage(task);
      };
      worker.on("message", (one: Answer) => {
        heard(one);
        next();
      });
      worker.on("error", reject);
      next();
    });
  } finally {
    await worker.terminate();
  }
}
