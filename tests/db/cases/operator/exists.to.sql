-- differences: 3
CREATE SCHEMA app;
CREATE TABLE app.t (id integer PRIMARY KEY);
INSERT INTO app.t VALUES (1);
