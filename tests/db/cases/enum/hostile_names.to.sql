-- differences: 1
CREATE SCHEMA "We""ird.näme";
CREATE TYPE "We""ird.näme"."st,a (te" AS ENUM ('b', 'a');
CREATE TABLE "We""ird.näme"."t t" ("i d" integer, "s s" "We""ird.näme"."st,a (te" DEFAULT 'b', "a a" "We""ird.näme"."st,a (te"[]);
INSERT INTO "We""ird.näme"."t t" VALUES (1, 'a', '{a,b}');
