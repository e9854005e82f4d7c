/** Names of these are the same in capitals, on every system. */
const caseless: ReadonlySet<string> = new Set(["procedure", "function", "package", "package_body", "event", "library"]);

/** Whether names of objects of this type are the same in capitals. Triggers of MariaDB are files; those of MySQL are not. */
export function isCaseless(type: string, dialect: "mysql" | "mariadb"): boolean {
  return caseless.has(type) || (type === "trigger" && dialect === "mysql");
}

/** How an object is called in pictures. */
export function objectKey(
  type: string,
  name: string,
  { caseless: folds, dialect }: { readonly caseless: boolean; readonly dialect: "mysql" | "mariadb" },
): string {
  return `${type}:${folds || isCaseless(type, dialect) ? name.toLowerCase() : name}`;
}
