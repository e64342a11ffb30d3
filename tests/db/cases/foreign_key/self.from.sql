CREATE SCHEMA app;
CREATE TABLE app.t (id integer PRIMARY KEY, up integer);
INSERT INTO app.t VALUES (1, NULL), (2, 1);
