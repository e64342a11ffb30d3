-- differences: 1
CREATE SCHEMA app;
CREATE TABLE app.t (id integer PRIMARY KEY, a bigint, v text GENERATED ALWAYS AS (a::text || '!') STORED);
CREATE INDEX t_v ON app.t (v);
INSERT INTO app.t VALUES (1, 5);
