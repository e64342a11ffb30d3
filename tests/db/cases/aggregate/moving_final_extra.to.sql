-- differences: 1
CREATE SCHEMA app;
CREATE FUNCTION app.fin(integer) RETURNS integer LANGUAGE sql AS $$SELECT $1$$;
CREATE FUNCTION app.fin(integer, integer) RETURNS integer LANGUAGE sql AS $$SELECT $1$$;
CREATE TABLE app.t (id integer PRIMARY KEY, v integer);
INSERT INTO app.t VALUES (1, 5), (2, 6);
CREATE AGGREGATE app.a(integer) (SFUNC = int4pl, STYPE = integer, MSFUNC = int4pl, MINVFUNC = int4mi, MSTYPE = integer, MFINALFUNC = app.fin, MFINALFUNC_EXTRA);
CREATE VIEW app.total AS SELECT app.a(v) AS total FROM app.t;
