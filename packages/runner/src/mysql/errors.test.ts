import { expect, test } from "vitest";
import { SurefootError } from "../error.ts";
import { isLost, isRetryable, mysqlError } from "./errors.ts";

const server = (errno: number): Error => Object.assign(new Error(`server ${errno}`), { errno });
const driver = (code: string, errno?: number): Error => Object.assign(new Error(code), { code, errno });

test.each([
  driver("PROTOCOL_CONNECTION_LOST"),
  driver("ECONNRESET", -104),
  driver("EPIPE", -32),
  driver("ETIMEDOUT", -110),
  driver("HANDSHAKE_SSL_ERROR", -104),
  // As Node words it when the server ends the connection, and the driver passes it on.
  Object.assign(new Error("Client network socket disconnected before secure TLS connection was established"), {
    code: "HANDSHAKE_SSL_ERROR",
  }),
  server(1053),
  server(2006),
  server(2013),
  server(4031),
  new Error("Can't add new command when connection is in closed state"),
  new SurefootError("DATABASE_LOST", "gone"),
])("the outcome is unknown: %s", (error) => {
  expect(isLost(error)).toBe(true);
  expect(mysqlError(error, "db", "doing").code).toBe("DATABASE_LOST");
});

test.each([
  driver("HANDSHAKE_SSL_ERROR"),
  server(1064),
  server(1146),
  server(1062),
  server(1317),
  new SurefootError("FENCED", "stop"),
])("the outcome is known: %s", (error) => {
  expect(isLost(error)).toBe(false);
});

test("deadlocks and lock waits that ended may be tried again, and nothing else", () => {
  expect([1205, 1213, 1064, 2013].map((errno) => isRetryable(server(errno)))).toEqual([true, true, false, false]);
});

test.each([
  [1049, "DATABASE_MISSING"],
  [1045, "DATABASE_UNUSABLE"],
  [1142, "DATABASE_UNUSABLE"],
  [1290, "DATABASE_READ_ONLY"],
  [1205, "JOURNAL_UNWRITABLE"],
  [1366, "UNEXPECTED"],
])("error %i is told as %s", (errno, code) => {
  expect(mysqlError(server(errno), "db", "doing").code).toBe(code);
});

test("a question of Surefoot's own that was ended from outside may have had an answer, and is asked again", () => {
  expect(isLost(server(1317))).toBe(false);
  expect(mysqlError(server(1317), "db", "taking the lease").code).toBe("DATABASE_LOST");
});
