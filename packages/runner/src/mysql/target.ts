/** Where a server is and who asks: `mysql://user:pass@host:3306/db?socket=&ssl-mode=…&ssl-ca=…`, the same for mariadb. */
import { readFileSync } from "node:fs";
import { SurefootError } from "../error.ts";

const sslModes = ["disabled", "preferred", "required", "verify-ca", "verify-identity"] as const;
type SslMode = (typeof sslModes)[number];

/** A server, and as whom to go there. */
export interface ServerTarget {
  readonly dialect: "mysql" | "mariadb";
  readonly host: string;
  readonly port: number;
  /** Null: by host and port. */
  readonly socket: string | null;
  readonly user: string;
  readonly password: string;
  readonly sslMode: SslMode;
  /** PEM text; null: the system's authorities. */
  readonly sslCa: string | null;
}

export interface Target extends ServerTarget {
  readonly database: string;
}

/**
 * @param password used when the URL has none
 * @throws SurefootError USAGE for a URL that can't be read; its message never holds the password
 */
export function targetOf(url: string, password = ""): Target {
  const parsed = parsedOf(url);
  const database = databaseIn(parsed);
  if (database === "" || database.includes("/")) throw unreadable("it must name one database behind the host");
  return { ...serverIn(parsed, password), database };
}

/**
 * The server alone; a database behind it is not looked at.
 * @throws SurefootError USAGE as `targetOf`
 */
export function serverOf(url: string, password = ""): ServerTarget {
  if (!/^(?:mysql|mariadb):/i.test(url)) throw unreadable("it must begin with mysql:// or mariadb://");
  return serverIn(parsedOf(url), password);
}

function parsedOf(url: string): URL {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    throw unreadable("it can't be read as a URL; a password with special characters must be percent-encoded");
  }
  const known = new Set(["socket", "ssl-mode", "ssl-ca"]);
  for (const name of parsed.searchParams.keys())
    if (!known.has(name)) throw unreadable(`there is no parameter ${name}; there are ${[...known].join(", ")}`);
  return parsed;
}

function databaseIn({ pathname }: URL): string {
  return decoded(pathname.replace(/^\//, ""));
}

function serverIn(parsed: URL, password: string): ServerTarget {
  const sslMode = parsed.searchParams.get("ssl-mode") ?? "preferred";
  if (!isSslMode(sslMode)) throw unreadable(`ssl-mode is one of ${sslModes.join(", ")}`);
  const socket = parsed.searchParams.get("socket");
  return {
    dialect: parsed.protocol === "mariadb:" ? "mariadb" : "mysql",
    host: parsed.hostname === "" ? "localhost" : decoded(parsed.hostname).replace(/^\[(.*)\]$/, "$1"),
    port: parsed.port === "" ? 3306 : Number(parsed.port),
    socket: socket === null || socket === "" ? null : socket,
    user: parsed.username === "" ? "root" : decoded(parsed.username),
    password: parsed.password === "" ? password : decoded(parsed.password),
    sslMode,
    sslCa: authority(parsed.searchParams.get("ssl-ca")),
  };
}

/** For people: without user and password. */
export function shownTarget(target: Target): string {
  return `${shownServer(target)}/${target.database}`;
}

export function shownServer({ dialect, host, port, socket }: ServerTarget): string {
  return `${dialect}://${socket ?? `${host}:${port}`}`;
}

function isSslMode(text: string): text is SslMode {
  return (sslModes as readonly string[]).includes(text);
}

function authority(path: string | null): string | null {
  if (path === null || path === "") return null;
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new SurefootError("USAGE", `The file of ssl-ca can't be read: ${path}.`, { cause: error });
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw unreadable("it holds a % that begins no percent-encoded character");
  }
}

function unreadable(why: string): SurefootError {
  return new SurefootError(
    "USAGE",
    `The database's URL is wrong: ${why}. Write mysql://USER:PASSWORD@HOST:3306/DATABASE, or mariadb://… .`,
  );
}
