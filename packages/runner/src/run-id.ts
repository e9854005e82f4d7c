/**
 * A new name for a run, in the form of a UUID of version 4. It tells runs apart and is no secret, so that node:crypto,
 * which takes longer to load than a start with nothing to do takes to answer, need not be loaded for it.
 */
export function newRunId(): string {
  return "xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx".replaceAll(/[xy]/g, (place) => {
    const four = Math.floor(Math.random() * 16);
    return (place === "y" ? (four & 3) | 8 : four).toString(16);
  });
}
