-- differences: 1
CREATE SCHEMA app;
CREATE TABLE app.t (id integer PRIMARY KEY, v text COLLATE "C");
INSERT INTO app.t VALUES (1, 'b'), (2, 'A');
