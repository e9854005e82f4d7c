/** As many steps and runners as a world of the explorer has room for. */
export const stepCountMax = 5;
export const runnerCountMax = 3;
