-- differences: 1
CREATE SCHEMA "We""ird.näme";
CREATE TYPE "We""ird.näme"."r range (,x" AS RANGE (SUBTYPE = numeric);
CREATE TABLE "We""ird.näme"."t t" ("v v" "We""ird.näme"."r range (,x", "m" "We""ird.näme"."r multirange (,x");
INSERT INTO "We""ird.näme"."t t" VALUES ('[1,2)', '{[1,2),[5,7)}');
