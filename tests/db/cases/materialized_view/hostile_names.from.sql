CREATE ROLE "re""ad; er";
CREATE SCHEMA "odd schema";
CREATE TABLE "odd schema"."ta""ble; --" ("a b" integer PRIMARY KEY, "sel'ect" text, "new
line" text);
INSERT INTO "odd schema"."ta""ble; --" VALUES (1, 'x', E'back\\slash');
CREATE FUNCTION "odd schema"."f) EXECUTE FUNCTION (""x"() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE FUNCTION "odd schema"."ev; ()"() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
