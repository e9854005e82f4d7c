/** The server that scenarios are played on: the one that is named, or one of their own. */
import type { Io } from "surefoot/parts";
import type { PlayServer } from "../play/server-stage.ts";
import { ServerAccess } from "../play/server-access.ts";
import { Problem } from "../problem.ts";
import type { ServerName } from "./engine.ts";
import { serverEngines } from "./engine.ts";
import { findServer } from "./find-server.ts";
import { PrivateServer } from "./private-server.ts";

/** The variables that the tests of this repository know as well. */
const variables: { readonly [N in ServerName]: string } = {
  mariadb: "SUREFOOT_TEST_MARIADB_URL",
  mysql: "SUREFOOT_TEST_MYSQL_URL",
};

interface Opened {
  readonly server: PlayServer;
  readonly close: () => Promise<void>;
}

/** @throws Problem when there is none, or it is not what it is taken for */
export async function openServer(name: ServerName, db: string | undefined, { env, cwd, err }: Io): Promise<Opened> {
  const named = db ?? env[variables[name]];
  if (named !== undefined && named !== "") {
    await requireEngine(name, named);
    return { server: { url: named }, close: async () => undefined };
  }
  const { title, programs } = serverEngines[name];
  const found = await findServer(name, { env, cwd });
  if (found === null)
    throw new Problem(
      `There is no ${title} to play on: ${programs.join(" or ")} is not installed here. Install it, or name a server with ` +
        `--db ${name}://USER:PASSWORD@HOST:3306/ or in ${variables[name]}; databases called surefoot_replay_… are made there and dropped.`,
    );
  err(`Starting a ${title} of its own, which goes with this command.\n`);
  const own = new PrivateServer(found.installation);
  const remove = (): void => {
    own.remove();
    found.remove();
  };
  process.on("exit", remove);
  await own.start();
  return {
    server: { url: own.url, power: { kill: () => own.kill(), restart: () => own.restart() } },
    close: async () => {
      await own.stop();
      found.remove();
      process.off("exit", remove);
    },
  };
}

async function requireEngine(name: ServerName, url: string): Promise<void> {
  const { title } = serverEngines[name];
  let version: string;
  try {
    const [row] = await new ServerAccess(url).rows("SELECT VERSION() AS version");
    version = String(row?.["version"]);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Problem(`The server to play on can't be reached, or the URL is wrong: ${why}`);
  }
  if (/mariadb/i.test(version) !== (name === "mariadb"))
    throw new Problem(`This server is not ${title}: its version is ${version}.`);
}
