CREATE SCHEMA "We""ird.näme";
CREATE TYPE "We""ird.näme".e AS ENUM ('x');
CREATE TYPE "We""ird.näme"."c ,(p" AS ("a a" integer, "b,""b" text, "select" "We""ird.näme".e[]);
COMMENT ON COLUMN "We""ird.näme"."c ,(p"."b,""b" IS '%';
CREATE TABLE "We""ird.näme"."t t" ("v v" "We""ird.näme"."c ,(p");
INSERT INTO "We""ird.näme"."t t" VALUES ((1, '2', '{x}'));
