-- differences: 1
CREATE SCHEMA app;
CREATE TABLE app.t (id integer PRIMARY KEY, v uuid);
INSERT INTO app.t VALUES (1, NULL);
