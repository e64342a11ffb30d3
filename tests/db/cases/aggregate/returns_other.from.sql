CREATE SCHEMA app;
CREATE TABLE app.t (id integer PRIMARY KEY, v integer);
INSERT INTO app.t VALUES (1, 5);
CREATE FUNCTION app.as_text(integer) RETURNS text LANGUAGE sql IMMUTABLE AS $$SELECT $1::text$$;
CREATE AGGREGATE app.a(integer) (SFUNC = int4pl, STYPE = integer);
COMMENT ON AGGREGATE app.a(integer) IS 'sum';
CREATE VIEW app.totals AS SELECT id, app.a(v) AS total FROM app.t GROUP BY id;
