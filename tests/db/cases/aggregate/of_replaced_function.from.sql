CREATE SCHEMA app;
CREATE FUNCTION app.step(state integer, more integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT $1 + $2';
CREATE AGGREGATE app.a(integer) (SFUNC = app.step, STYPE = integer);
COMMENT ON AGGREGATE app.a(integer) IS 'sum';
CREATE TABLE app.t (id integer PRIMARY KEY, v integer);
CREATE VIEW app.totals AS SELECT id, app.a(v) AS total FROM app.t GROUP BY id;
INSERT INTO app.t VALUES (1, 5);
