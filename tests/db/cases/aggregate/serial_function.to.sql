-- superuser
-- differences: 2
CREATE SCHEMA app;
CREATE TABLE app.t (id integer PRIMARY KEY, v integer);
INSERT INTO app.t VALUES (1, 5), (2, 6);
CREATE AGGREGATE app.a(numeric) (SFUNC = numeric_avg_accum, STYPE = internal, FINALFUNC = numeric_avg, COMBINEFUNC = numeric_avg_combine, SERIALFUNC = numeric_avg_serialize, DESERIALFUNC = numeric_avg_deserialize);
