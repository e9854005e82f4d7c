// One search in a process of its own, as `surefoot prove` does it: every state, every edge, and who rests where.
import { configurationsOf, Explored } from "@surefoot/model/explorer";

const [name, steps, runners] = process.argv.slice(2);
const configuration = configurationsOf("adjusted", { steps: Number(steps), runners: Number(runners) }).find(
  (one) => one.name === name,
);
const { exploration } = new Explored(configuration);
process.stdout.write(`${exploration.stateCount} ${exploration.transitionCount}\n`);
