-- differences: 1
CREATE SCHEMA app;
CREATE TABLE app.t (id integer PRIMARY KEY, v text COMPRESSION pglz);
INSERT INTO app.t VALUES (1, 'x');
