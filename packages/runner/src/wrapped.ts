/** A database whose sessions answer otherwise, for who replays what can happen to one: scenarios and tests. */
import type { AcquireOptions, Database, Session } from "./port.ts";

/** The same database, with what `wrap` makes of each session. */
export function withSessions(
  inner: Database,
  wrap: (session: Session, options: AcquireOptions) => Session | Promise<Session>,
): Database {
  return {
    engine: inner.engine,
    name: inner.name,
    exists: () => inner.exists(),
    read: () => inner.read(),
    readLast: () => inner.readLast(),
    scratch: (server) => inner.scratch(server),
    acquire: async (options) => wrap(await inner.acquire(options), options),
  };
}

/** The same session, with some of its calls replaced. */
export function overriding(session: Session, overrides: { readonly [N in keyof Session]?: unknown }): Session {
  return new Proxy(session, {
    get(target, name) {
      const own = (overrides as { readonly [name: string | symbol]: unknown })[name];
      if (own !== undefined) return own;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
}
