CREATE SCHEMA "We""ird.näme";
CREATE DOMAIN "We""ird.näme"."d (o,m" AS text DEFAULT 'x' CONSTRAINT "c c" CHECK (VALUE <> '%s');
CREATE TABLE "We""ird.näme"."t t" ("v v" "We""ird.näme"."d (o,m", w "We""ird.näme"."d (o,m"[]);
INSERT INTO "We""ird.näme"."t t" VALUES ('a', '{b,NULL}');
