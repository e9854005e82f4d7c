import { expect, test } from "vitest";
import { shownTarget, targetOf } from "./target.ts";

test("a URL says where the server is, who asks, and which database", () => {
  const target = targetOf("mysql://us%40er:p%3Aw%2F@db.example:3307/my%20app?ssl-mode=verify-identity");

  expect(target).toEqual({
    dialect: "mysql",
    host: "db.example",
    port: 3307,
    socket: null,
    user: "us@er",
    password: "p:w/",
    database: "my app",
    sslMode: "verify-identity",
    sslCa: null,
  });
});

test("what is left out has its usual value, and a socket goes before host and port", () => {
  expect(targetOf("mariadb://localhost/app")).toMatchObject({
    dialect: "mariadb",
    port: 3306,
    user: "root",
    password: "",
    sslMode: "preferred",
  });
  expect(targetOf("mysql://[::1]/app").host).toBe("::1");
  expect(shownTarget(targetOf("mysql://u:p@h/app?socket=/run/s.sock"))).toBe("mysql:///run/s.sock/app");
});

test("a password from elsewhere counts only when the URL has none", () => {
  expect(targetOf("mysql://u@h/app", "env").password).toBe("env");
  expect(targetOf("mysql://u:own@h/app", "env").password).toBe("own");
});

test.each([
  ["mysql://u:secret@h/", "one database"],
  ["mysql://u:secret@h/a/b", "one database"],
  ["mysql://u:secret@h/app?sslmode=require", "no parameter sslmode"],
  ["mysql://u:secret@h/app?ssl-mode=on", "ssl-mode is one of"],
  ["mysql://u:secret%@h/app", "percent-encoded"],
  ["mysql://u:sec#ret@h/app", "percent-encoded"],
  ["mysql://u:secret@h/app?ssl-ca=/no/such/file", "can't be read"],
])("%s is refused: %s, and the password is not in the message", (url, why) => {
  const message = (() => {
    try {
      targetOf(url);
      return "";
    } catch (error) {
      return (error as Error).message;
    }
  })();

  expect(message).toContain(why);
  expect(message).not.toContain("sec");
});
