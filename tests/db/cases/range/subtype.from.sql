CREATE SCHEMA app;
CREATE TYPE app.r AS RANGE (SUBTYPE = integer);
CREATE TABLE app.t (id integer PRIMARY KEY, v app.r, w app.r[]);
CREATE VIEW app.low AS SELECT id, lower(v) AS low FROM app.t;
INSERT INTO app.t VALUES (1, '[1,5)', '{"[1,2)"}'), (2, NULL, NULL);
