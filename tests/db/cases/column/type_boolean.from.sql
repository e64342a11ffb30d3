CREATE SCHEMA app;
CREATE TABLE app.t (id integer PRIMARY KEY, v boolean);
INSERT INTO app.t VALUES (1, true), (2, false);
