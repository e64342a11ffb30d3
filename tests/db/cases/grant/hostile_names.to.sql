-- differences: 8
-- privileges
CREATE ROLE "re""ad; er";
CREATE SCHEMA "odd schema";
CREATE TABLE "odd schema"."ta""ble; --" ("a b" integer PRIMARY KEY, "sel'ect" text, "new
line" text);
INSERT INTO "odd schema"."ta""ble; --" VALUES (1, 'x', E'back\\slash');
CREATE FUNCTION "odd schema"."f) EXECUTE FUNCTION (""x"() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE FUNCTION "odd schema"."ev; ()"() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
GRANT SELECT, UPDATE ON "odd schema"."ta""ble; --" TO "re""ad; er" WITH GRANT OPTION;
GRANT INSERT ("sel'ect", "new
line") ON "odd schema"."ta""ble; --" TO "re""ad; er";
REVOKE DELETE ON "odd schema"."ta""ble; --" FROM CURRENT_USER;
GRANT EXECUTE ON FUNCTION "odd schema"."f) EXECUTE FUNCTION (""x"() TO "re""ad; er";
REVOKE EXECUTE ON FUNCTION "odd schema"."f) EXECUTE FUNCTION (""x"() FROM CURRENT_USER;
GRANT USAGE ON SCHEMA "odd schema" TO "re""ad; er";
REVOKE CREATE ON SCHEMA "odd schema" FROM CURRENT_USER;
