CREATE SCHEMA app;
CREATE TYPE app.c AS (a integer, b text, "c "" d" text, d text);
COMMENT ON COLUMN app.c.a IS 'one';
COMMENT ON COLUMN app.c.b IS 'two';
