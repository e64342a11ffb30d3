-- differences: 1
CREATE SCHEMA app;
CREATE TABLE app.t (id integer PRIMARY KEY, v integer NOT NULL);
INSERT INTO app.t VALUES (1, 1), (2, 2);
