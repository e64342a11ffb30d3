-- differences: 1
CREATE SCHEMA "odd schema";
CREATE TABLE "odd schema"."ta""ble; --" ("a b" integer, "sel'ect" text);
INSERT INTO "odd schema"."ta""ble; --" VALUES (1, 'x');
CREATE VIEW "odd schema"."v;iew""" AS SELECT "a b", "sel'ect" AS "select", "a b" AS "x IS 'y', COLLATE z" FROM "odd schema"."ta""ble; --";
COMMENT ON COLUMN "odd schema"."v;iew"""."a b" IS 'a';
COMMENT ON COLUMN "odd schema"."v;iew"""."x IS 'y', COLLATE z" IS '-- b';
ALTER VIEW "odd schema"."v;iew""" ALTER COLUMN "a b" SET DEFAULT 7;
