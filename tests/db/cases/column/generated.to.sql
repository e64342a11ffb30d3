-- differences: 1
CREATE SCHEMA app;
CREATE TABLE app.t (id integer PRIMARY KEY, v integer GENERATED ALWAYS AS (id * 2) STORED);
INSERT INTO app.t VALUES (1), (2);
