/** Whose SQL a text is written in. MySQL and MariaDB share most rules; where they part, the code says so. */
export type Dialect = "sqlite" | "mysql" | "mariadb";
