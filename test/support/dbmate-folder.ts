/**
 * Eighty migrations as people write them for dbmate: first a dump of a database that was there before, then the years after
 * it. Nothing in them was written for Surefoot: no DELIMITER around bodies, statements that lack their last semicolon, SET
 * and LOCK lines, comments in every place.
 */
const dump = `-- migrate:up
-- MySQL dump 10.13  Distrib 8.0.36, for Linux (x86_64)
--
-- Host: db.internal    Database: shop
-- ------------------------------------------------------

/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;
/*!40101 SET @OLD_COLLATION_CONNECTION=@@COLLATION_CONNECTION */;
/*!40103 SET @OLD_TIME_ZONE=@@TIME_ZONE */;
/*!40103 SET TIME_ZONE='+00:00' */;
/*!40014 SET @OLD_UNIQUE_CHECKS=@@UNIQUE_CHECKS, UNIQUE_CHECKS=0 */;
/*!40014 SET @OLD_FOREIGN_KEY_CHECKS=@@FOREIGN_KEY_CHECKS, FOREIGN_KEY_CHECKS=0 */;
/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO' */;
/*!40111 SET @OLD_SQL_NOTES=@@SQL_NOTES, SQL_NOTES=0 */;

--
-- Table structure for table \`orders\`
--

DROP TABLE IF EXISTS \`orders\`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE \`orders\` (
  \`id\` int NOT NULL AUTO_INCREMENT,
  \`user_id\` int NOT NULL,
  \`total\` decimal(10,2) NOT NULL DEFAULT '0.00',
  \`note\` varchar(200) COLLATE utf8mb4_bin DEFAULT 'a; b -- c',
  PRIMARY KEY (\`id\`),
  KEY \`orders_user\` (\`user_id\`),
  CONSTRAINT \`orders_user_fk\` FOREIGN KEY (\`user_id\`) REFERENCES \`users\` (\`id\`) ON DELETE CASCADE
) ENGINE=InnoDB AUTO_INCREMENT=4 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
/*!40101 SET character_set_client = @saved_cs_client */;

--
-- Dumping data for table \`orders\`
--

LOCK TABLES \`orders\` WRITE;
/*!40000 ALTER TABLE \`orders\` DISABLE KEYS */;
INSERT INTO \`orders\` VALUES (1,1,10.00,'it''s; fine'),(2,1,20.50,NULL),(3,2,0.00,'-- migrate:down is only text here');
/*!40000 ALTER TABLE \`orders\` ENABLE KEYS */;
UNLOCK TABLES;

DROP TABLE IF EXISTS \`users\`;
CREATE TABLE \`users\` (
  \`id\` int NOT NULL AUTO_INCREMENT,
  \`email\` varchar(120) COLLATE utf8mb4_bin NOT NULL,
  \`created_at\` timestamp NOT NULL DEFAULT '2020-01-01 00:00:00',
  PRIMARY KEY (\`id\`),
  UNIQUE KEY \`users_email\` (\`email\`)
) ENGINE=InnoDB AUTO_INCREMENT=3 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

LOCK TABLES \`users\` WRITE, \`orders\` READ;
INSERT INTO \`users\` VALUES (1,'a@example.com','2021-05-05 05:05:05'),(2,'ü@example.com','2022-01-01 00:00:00');
UNLOCK TABLES;

/*!40103 SET TIME_ZONE=@OLD_TIME_ZONE */;
/*!40101 SET SQL_MODE=@OLD_SQL_MODE */;
/*!40014 SET FOREIGN_KEY_CHECKS=@OLD_FOREIGN_KEY_CHECKS */;
/*!40014 SET UNIQUE_CHECKS=@OLD_UNIQUE_CHECKS */;
/*!40101 SET CHARACTER_SET_CLIENT=@OLD_CHARACTER_SET_CLIENT */;
/*!40101 SET COLLATION_CONNECTION=@OLD_COLLATION_CONNECTION */;
/*!40111 SET SQL_NOTES=@OLD_SQL_NOTES */;

-- Dump completed on 2024-01-01  0:00:00
-- migrate:down
DROP TABLE orders;
DROP TABLE users
`;

/** What came after it: each kind again and again, with a number of its own. */
const kinds: readonly ((n: number) => { readonly name: string; readonly text: string })[] = [
  (n) => ({
    name: "items",
    text: `-- migrate:up
CREATE TABLE items_${n} (
  id INT AUTO_INCREMENT PRIMARY KEY, -- the key; of course
  order_id INT NOT NULL,
  sku VARCHAR(40) NOT NULL DEFAULT 'x',
  amount INT NOT NULL CHECK (amount > 0),
  doubled INT GENERATED ALWAYS AS (amount * 2) STORED,
  FOREIGN KEY (order_id) REFERENCES orders (id)
);
INSERT INTO items_${n} (order_id, sku, amount) VALUES (1, 'a;b', 1), (2, 'c', 2)

-- migrate:down
DROP TABLE items_${n}
`,
  }),
  (n) => ({
    name: "total",
    text: `-- migrate:up
ALTER TABLE orders ADD COLUMN total_${n} INT NOT NULL DEFAULT 0 AFTER total, ADD INDEX total_${n}_idx (total_${n} DESC);
UPDATE orders SET total_${n} = id * ${n};

-- migrate:down
ALTER TABLE orders DROP INDEX total_${n}_idx, DROP COLUMN total_${n};
`,
  }),
  (n) => ({
    name: "audit_trigger",
    text: `-- migrate:up
CREATE TABLE audit_${n} (id INT AUTO_INCREMENT PRIMARY KEY, what TEXT);
CREATE TRIGGER audit_${n}_insert AFTER INSERT ON users FOR EACH ROW
BEGIN
  -- who; and when
  IF NEW.email LIKE '%;%' THEN
    INSERT INTO audit_${n} (what) VALUES ('odd; very odd');
  ELSE
    INSERT INTO audit_${n} (what) VALUES (CONCAT('new ', NEW.email));
  END IF;
END;
INSERT INTO users (email) VALUES ('audited_${n}@example.com');

-- migrate:down
DELETE FROM users WHERE email = 'audited_${n}@example.com';
DROP TRIGGER audit_${n}_insert;
DROP TABLE audit_${n};
`,
  }),
  (n) => ({
    name: "procedure",
    text: `-- migrate:up transaction:false
CREATE PROCEDURE raise_${n}(IN by_how_much INT)
BEGIN
  DECLARE i INT DEFAULT 0;
  WHILE i < 2 DO
    SET i = i + 1;
    CASE i WHEN 1 THEN UPDATE orders SET total = total + by_how_much WHERE id = 1; ELSE BEGIN END; END CASE;
  END WHILE;
END;
CREATE FUNCTION twice_${n}(x INT) RETURNS INT DETERMINISTIC RETURN x * 2

-- migrate:down transaction:false
DROP FUNCTION twice_${n};
DROP PROCEDURE raise_${n}
`,
  }),
  (n) => ({
    name: "report_view",
    text: `-- migrate:up

CREATE VIEW report_${n} AS
  SELECT u.id, u.email, COUNT(*) AS orders, SUM(o.total) AS total
  FROM users u JOIN orders o ON o.user_id = u.id GROUP BY u.id, u.email;

-- migrate:down
DROP VIEW report_${n};
`,
  }),
  (n) => ({
    name: "settings",
    text: `-- migrate:up
SET FOREIGN_KEY_CHECKS = 0;
CREATE TABLE settings_${n} (name VARCHAR(50) PRIMARY KEY, value JSON, bits BIT(4) DEFAULT b'1010', moment DATETIME(3)) COMMENT 'it''s a table';
LOCK TABLES settings_${n} WRITE;
INSERT INTO settings_${n} VALUES ('a', '{"x": "-- y; z"}', b'1', '2024-01-01 00:00:00.123');
UNLOCK TABLES;
SET FOREIGN_KEY_CHECKS = 1;
RENAME TABLE settings_${n} TO options_${n};

-- migrate:down
DROP TABLE options_${n};
`,
  }),
  (n) => ({
    name: "partitioned",
    text: `-- migrate:up
CREATE TABLE log_${n} (id INT NOT NULL, day DATE NOT NULL, PRIMARY KEY (id, day))
PARTITION BY RANGE COLUMNS (day) (PARTITION p0 VALUES LESS THAN ('2024-01-01'), PARTITION p1 VALUES LESS THAN (MAXVALUE));
CREATE UNIQUE INDEX log_${n}_day ON log_${n} (day, id);
ALTER TABLE log_${n} ADD COLUMN extra VARCHAR(10) DEFAULT NULL;
ALTER TABLE log_${n} MODIFY COLUMN extra VARCHAR(20) NOT NULL DEFAULT '';
ALTER TABLE log_${n} DROP COLUMN extra
-- migrate:down
DROP TABLE log_${n};
`,
  }),
];

/** Names as dbmate gives them, with their texts. */
export function dbmateFolder(count: number): { readonly [id: string]: string } {
  const files: { [id: string]: string } = { "20240101000000_dump": dump };
  for (let n = 1; n < count; n++) {
    const { name, text } = kinds[n % kinds.length]!(n);
    files[`20240101${String(n).padStart(6, "0")}_${name}`] = text;
  }
  return files;
}
