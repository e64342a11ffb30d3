CREATE SCHEMA "odd schema";
CREATE TABLE "odd schema"."ta""ble; --" ("a b" integer, "sel'ect" text);
INSERT INTO "odd schema"."ta""ble; --" VALUES (1, 'x');
