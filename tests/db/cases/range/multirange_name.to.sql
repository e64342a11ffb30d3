-- differences: 1
CREATE SCHEMA app;
CREATE TYPE app.r AS RANGE (SUBTYPE = date, MULTIRANGE_TYPE_NAME = app."many r");
CREATE TABLE app.t (id integer PRIMARY KEY, v app.r, w app.r[]);
CREATE VIEW app.low AS SELECT id, lower(v) AS low FROM app.t;
INSERT INTO app.t VALUES (1, '[2020-01-01,2020-02-01)', '{}');
