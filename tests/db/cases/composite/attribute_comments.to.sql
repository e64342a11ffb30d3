-- differences: 1
CREATE SCHEMA app;
CREATE TYPE app.c AS (a integer, b text, "c "" d" text, d text);
COMMENT ON COLUMN app.c.a IS 'it''s, (one)';
COMMENT ON COLUMN app.c."c "" d" IS 'back\slash
line';
