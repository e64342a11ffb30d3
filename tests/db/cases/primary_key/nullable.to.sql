-- differences: 2
CREATE SCHEMA app;
CREATE TABLE app.t (a integer PRIMARY KEY, b text);
INSERT INTO app.t VALUES (1, 'x'), (2, 'y');
