-- differences: 3
CREATE SCHEMA app;
CREATE TABLE app.t (id integer PRIMARY KEY, v integer);
INSERT INTO app.t VALUES (1, 5), (2, 6);
CREATE AGGREGATE app.a(integer) (SFUNC = int84pl, STYPE = bigint, FINALFUNC = pg_catalog.int4, INITCOND = 0);
CREATE VIEW app.total AS SELECT app.a(v) AS total FROM app.t;
