/** The worlds in which a story is looked at: one for each kind of promise that an engine makes. */
import type { Configuration, Job } from "../explorer/configuration.ts";
import { configurationsOf, mainNames } from "../explorer/configuration.ts";
import type { VariantName } from "../variant.ts";
import type { Plot } from "./plot.ts";

const dependency = "0001_base";

/** Three steps, so that the second one is halfway. */
export function worldsOf(plot: Plot, variant: VariantName, runners = 1): readonly Configuration[] {
  const late = plot.dependency === "comes_late";
  return configurationsOf(variant, { steps: 3, runners })
    .filter(({ name }) => mainNames.some((main) => main === name))
    .map((configuration) => ({
      ...configuration,
      drift: false,
      arrives: late ? dependency : null,
      jobs: configuration.jobs.map((job) => ({
        ...(plot.undos === "all" ? withUndos(job) : job),
        needs: late ? [dependency] : [],
      })),
    }));
}

function withUndos(job: Job): Job {
  const steps = job.plan.steps.map((step) => ({ ...step, undo: step.undo ?? [{ class: step.class }] }));
  return { ...job, plan: { ...job.plan, steps } };
}
