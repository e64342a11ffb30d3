-- differences: 2
CREATE SCHEMA app;
CREATE TABLE app.t (id integer PRIMARY KEY, v text DEFAULT '7');
INSERT INTO app.t VALUES (1, 12), (2, NULL);
