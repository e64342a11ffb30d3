CREATE SCHEMA "We""ird.näme";
CREATE SEQUENCE "We""ird.näme"."s 's, %s";
COMMENT ON SEQUENCE "We""ird.näme"."s 's, %s" IS '%s';
CREATE TABLE "We""ird.näme"."t t" ("i d" bigint DEFAULT nextval('"We""ird.näme"."s ''s, %s"'), v integer);
INSERT INTO "We""ird.näme"."t t" (v) VALUES (1), (2);
