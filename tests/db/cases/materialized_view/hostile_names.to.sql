-- differences: 1
CREATE ROLE "re""ad; er";
CREATE SCHEMA "odd schema";
CREATE TABLE "odd schema"."ta""ble; --" ("a b" integer PRIMARY KEY, "sel'ect" text, "new
line" text);
INSERT INTO "odd schema"."ta""ble; --" VALUES (1, 'x', E'back\\slash');
CREATE FUNCTION "odd schema"."f) EXECUTE FUNCTION (""x"() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE FUNCTION "odd schema"."ev; ()"() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE MATERIALIZED VIEW "odd schema"."m; AS ""v""" AS SELECT "a b", "sel'ect", "new
line" AS "STORAGE, x" FROM "odd schema"."ta""ble; --";
ALTER MATERIALIZED VIEW "odd schema"."m; AS ""v""" ALTER COLUMN "STORAGE, x" SET STORAGE EXTERNAL;
ALTER MATERIALIZED VIEW "odd schema"."m; AS ""v""" ALTER COLUMN "a b" SET STATISTICS 7;
COMMENT ON COLUMN "odd schema"."m; AS ""v"""."sel'ect" IS 'a, b IS ''c'' d';
