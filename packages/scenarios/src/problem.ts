/** What the user can mend; crosses to the command line as its message. */
export class Problem extends Error {
  override readonly name = "Problem";
}
