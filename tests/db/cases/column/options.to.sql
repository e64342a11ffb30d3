-- differences: 1
CREATE SCHEMA app;
CREATE TABLE app.t (id integer PRIMARY KEY, v text);
ALTER TABLE app.t ALTER COLUMN v SET (n_distinct = -0.5, n_distinct_inherited = 9);
INSERT INTO app.t VALUES (1, 'x');
