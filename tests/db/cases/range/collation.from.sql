CREATE SCHEMA app;
CREATE TYPE app.r AS RANGE (SUBTYPE = text);
CREATE TABLE app.t (id integer PRIMARY KEY, v app.r, w app.r[]);
CREATE VIEW app.low AS SELECT id, lower(v) AS low FROM app.t;
INSERT INTO app.t VALUES (1, '[a,b)', '{"[a,b)"}');
