CREATE SCHEMA app;
CREATE TYPE app.c AS (a integer, z text);
CREATE TABLE app.t (id integer PRIMARY KEY, v app.c, w app.c[]);
INSERT INTO app.t SELECT 1, s.v, ARRAY[s.v] FROM (SELECT jsonb_populate_record(NULL::app.c, '{"a": 7, "z": "x"}') AS v) AS s;
