-- differences: 1
CREATE ROLE "re""ad; er";
CREATE SCHEMA "odd schema";
CREATE TABLE "odd schema"."ta""ble; --" ("a b" integer PRIMARY KEY, "sel'ect" text, "new
line" text);
INSERT INTO "odd schema"."ta""ble; --" VALUES (1, 'x', E'back\\slash');
CREATE FUNCTION "odd schema"."f) EXECUTE FUNCTION (""x"() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE FUNCTION "odd schema"."ev; ()"() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE TRIGGER "FOR EACH ROW WHEN (" BEFORE UPDATE OF "a b", "new
line" ON "odd schema"."ta""ble; --" FOR EACH ROW WHEN (new."sel'ect" <> ') EXECUTE FUNCTION a.b(''c'')') EXECUTE FUNCTION "odd schema"."f) EXECUTE FUNCTION (""x"(') EXECUTE FUNCTION x(', 'a, ''b', '', E'back\\slash');
ALTER TABLE "odd schema"."ta""ble; --" DISABLE TRIGGER "FOR EACH ROW WHEN (";
COMMENT ON TRIGGER "FOR EACH ROW WHEN (" ON "odd schema"."ta""ble; --" IS E'it''s\n\\odd';
