-- differences: 2
CREATE SCHEMA app;
CREATE TYPE app.c AS (a integer, b text);
COMMENT ON COLUMN app.c.b IS 'two';
