/** Whether every value of one type is a value of another, unchanged. What is not known to be so is not. */

const integers = ["tinyint", "smallint", "mediumint", "int", "bigint"];
const texts = ["tinytext", "text", "mediumtext", "longtext"];
const blobs = ["tinyblob", "blob", "mediumblob", "longblob"];

interface Type {
  readonly name: string;
  readonly numbers: readonly number[];
  /** What stands in the parentheses, and behind them: UNSIGNED, CHARACTER SET … */
  readonly inside: string;
  readonly rest: string;
}

/** Both as `ColumnPart.dataType` has them: lower case, single spaces. */
export function widens(from: string, to: string): boolean {
  const [old, next] = [typeOf(from), typeOf(to)];
  if (old.rest !== next.rest) return false;
  if (old.name === next.name && old.inside === next.inside) return true;
  for (const ladder of [integers, texts, blobs]) {
    if (ladder.includes(old.name) && ladder.includes(next.name))
      return ladder.indexOf(old.name) <= ladder.indexOf(next.name);
  }
  if (old.name !== next.name) return false;
  const [first = 0, second = 0] = old.numbers;
  const [wide = 0, fine = 0] = next.numbers;
  switch (old.name) {
    case "varchar":
    case "varbinary":
    case "datetime":
    case "timestamp":
    case "time":
      return wide >= first;
    case "decimal":
      return fine >= second && wide - fine >= first - second;
    case "enum":
      return next.inside.startsWith(`${old.inside} , `);
    default:
      return false;
  }
}

const aliases: ReadonlyMap<string, string> = new Map([
  ["integer", "int"],
  ["int1", "tinyint"],
  ["int2", "smallint"],
  ["int3", "mediumint"],
  ["int4", "int"],
  ["int8", "bigint"],
  ["numeric", "decimal"],
  ["dec", "decimal"],
  ["fixed", "decimal"],
]);

function typeOf(text: string): Type {
  const [, word = "", , inside = "", rest = ""] = /^(\S+)( \( (.*?) \))?(.*)$/s.exec(text) ?? [];
  const name = aliases.get(word) ?? word;
  // The width of an integer is only how it is shown.
  if (integers.includes(name)) return { name, numbers: [], inside: "", rest: rest.trim() };
  const given = name === "decimal" && inside === "" ? "10 , 0" : inside;
  const numbers = /^[\d ,]*$/.test(given) ? given.split(",").map(Number) : [];
  return { name, numbers, inside: given, rest: rest.trim() };
}
