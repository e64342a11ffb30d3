CREATE SCHEMA app;
CREATE TABLE app.t (id integer PRIMARY KEY, v integer);
INSERT INTO app.t VALUES (1, 5), (2, 6);
CREATE AGGREGATE app.a(integer) (SFUNC = int4_avg_accum, STYPE = bigint[], FINALFUNC = int8_avg, INITCOND = $${0,0}$$);
CREATE VIEW app.total AS SELECT app.a(v) AS total FROM app.t;
