/**
 * Migrations that really failed, from public trackers, and the scenarios that they became. Most were told of PostgreSQL or of
 * another tool; the counterpart is of an engine that Surefoot drives.
 */
export interface Incident {
  readonly what: string;
  readonly where: string;
  /** The names of its scenarios. */
  readonly scenarios: readonly string[];
}

export const incidents: readonly Incident[] = [
  {
    what: "The client dies and the server finishes: dirty although the migration succeeded",
    where: "golang-migrate/migrate#325; sourcegraph/sourcegraph-public-snapshot#25089 (PostgreSQL)",
    scenarios: ["server-finishes-after-crash"],
  },
  {
    what: "A pod is killed by its own health check, again and again",
    where: "coder/coder#10781 (PostgreSQL)",
    scenarios: ["killed-again-and-again"],
  },
  {
    what: "A timeout leaves “dirty”, and somebody forces a version",
    where: "golang-migrate/migrate#282, #183, #518",
    scenarios: ["statement-takes-too-long"],
  },
  { what: "A failed `down` clears the version", where: "golang-migrate/migrate#330", scenarios: ["down-fails"] },
  {
    what: "RELEASE_LOCK on another pooled connection",
    where: "mattes/migrate#297, #299, #220; golang-migrate/migrate#232 (MySQL)",
    scenarios: ["pooled-sessions"],
  },
  {
    what: "A migration of many ALTERs stops in the middle",
    where: "prisma/orm#10561, #9869, #15249 (MySQL)",
    scenarios: ["many-alters", "sql-error-halfway"],
  },
  {
    what: "Which of applied and rolled back?",
    where: "dronelingo#85; prisma/web#1978; prisma/orm#14286; prisma/web#3420",
    scenarios: ["which-of-the-two", "crash-claim-refused"],
  },
  {
    what: "NULL in the bookkeeping makes repair itself crash",
    where: "prisma/orm#23425, #8234",
    scenarios: ["damaged-journal"],
  },
  {
    what: "“Up to date” while a rolled-back migration is pending",
    where: "prisma/orm#29601, #26306",
    scenarios: ["rolled-back-is-pending"],
  },
  {
    what: "An edited applied migration, and the tool wants to reset",
    where: "prisma/orm#15328, #14461, #7077, #26005, #8053, #6579, #21483",
    scenarios: ["edited-after-it-was-applied"],
  },
  {
    what: "A failed row blocks, and objects remain",
    where: "flyway/flyway#2159, #2625 (MariaDB), #3892 (MySQL)",
    scenarios: ["many-alters"],
  },
  { what: "SIGKILL leaves no row", where: "flyway/flyway#3080", scenarios: ["killed-before-any-record"] },
  {
    what: "`repair` damages history",
    where: "flyway/flyway#2987, #2219, #3591, #3834, #3180",
    scenarios: ["edited-after-it-was-applied"],
  },
  {
    what: "A lower version is merged after a higher one",
    where: "open-bank-oss#5628; TulevaEE/onboarding-service#1940; flyway/flyway#1295, #1015, #1363",
    scenarios: ["merged-late", "same-number-twice"],
  },
  {
    what: "DROP PRIMARY KEY needed by a foreign key",
    where: "phoss-smp#458; hail-is/hail#15764 (MySQL)",
    scenarios: ["key-that-is-needed"],
  },
  {
    what: "A stuck lock after a kill",
    where:
      "spinnaker/spinnaker#6625; cloudfoundry app-autoscaler#517, app-autoscaler-release#207; camunda/camunda#48343; Activiti#3595; liquibase/liquibase#1453, #1311, #6538",
    scenarios: ["lease-of-the-dead"],
  },
  { what: "The lock came back with the backup", where: "X-Road#3076", scenarios: ["lock-in-the-backup"] },
  {
    what: "Killed, and two replicas run the same change",
    where: "liquibase-sessionlock#36 (MySQL)",
    scenarios: ["orphan-still-running"],
  },
  {
    what: "Rollback impossible: raw SQL has no inverse",
    where: "liquibase.github.com#264; liquibase/liquibase#1030, #3780",
    scenarios: ["no-undo-told-before", "no-rollback-sql"],
  },
  {
    what: "“Migration table is already locked”",
    where: "knex/knex#2125, #1217, #5086, #3457; balena-supervisor#598; TryGhost/Ghost#9404, #19131; knex-migrator#94",
    scenarios: ["second-runner-turned-away", "lease-of-the-dead"],
  },
  {
    what: "A whole batch is rolled back, with people’s data",
    where: "TryGhost/Ghost#28986, #29007 (MySQL)",
    scenarios: ["only-the-failed-one", "server-killed"],
  },
  {
    what: "An in-progress marker is left behind",
    where: "louislam/uptime-kuma#7274 (SQLite)",
    scenarios: ["marker-left-behind"],
  },
  {
    what: "Several instances start, and the same migration runs twice",
    where: "sequelize/umzug#59, #144, #487, #518",
    scenarios: ["second-runner-waits"],
  },
  {
    what: "A “transaction” of MySQL rolled nothing back",
    where: "typeorm#9187; n8n-io/n8n#9965, #7006, #34685",
    scenarios: ["transaction-that-is-none", "many-alters"],
  },
  {
    what: "A table rebuild cascades away the rows of children",
    where:
      "drizzle-team/drizzle-orm#5782, #5784, #4938, #3065; typeorm#2584, #9770; WiseLibs/better-sqlite3#739; openstory#612 (SQLite)",
    scenarios: ["children-of-a-rebuilt-table"],
  },
  {
    what: "A lock is silently lost by a transparent reconnect",
    where: "rails/rails#58658, #38235, #39758",
    scenarios: ["lease-lost-and-taken"],
  },
  {
    what: "An older migration is silently skipped",
    where: "drizzle-orm#5316, #5769; vm0#4078, #6301",
    scenarios: ["merged-late"],
  },
  {
    what: "Multiple heads at deploy",
    where: "polar#10432; securo#123; Observal#718",
    scenarios: ["same-number-twice"],
  },
  { what: "A version table made by half", where: "pressly/goose#1120 (MySQL)", scenarios: ["journal-half-made"] },
  {
    what: "“Finished” after 3 s, on the server for 20 h, then an outage",
    where: "bytebase/dbhub#384 (MySQL)",
    scenarios: ["orphan-waited-for", "orphan-still-running", "idle-reader-blocks"],
  },
  {
    what: "“MySQL server has gone away” between steps",
    where: "nextcloud#27542; SemanticMediaWiki#7091",
    scenarios: ["gone-away-between-steps"],
  },
  {
    what: "An idle reader stops the upgrade",
    where:
      "frappe/press#2356 (MariaDB); magento/magento2#19220; objectstack-ai/objectstack#9354; Icinga/icingadb#686; goInception#223",
    scenarios: ["idle-reader-blocks"],
  },
  {
    what: "CRLF makes another checksum",
    where:
      "graphile/migrate#226, #224; neo4j-migrations#232, #238; openai/codex#38528; ariga/atlas#1569; sechub#1104; docspell#1517; OpenMetadata#1475",
    scenarios: ["other-line-ends"],
  },
  {
    what: "An automatic `down` of what had not happened destroys older objects",
    where: "xataio/pgroll#777 (PostgreSQL); yogthos/migratus#125",
    scenarios: ["undo-of-what-did-not-happen"],
  },
  { what: "One whole-file `down` cannot undo half an `up`", where: "aosasona/migrant#10", scenarios: ["half-an-up"] },
];
