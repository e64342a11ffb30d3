-- differences: 1
CREATE SCHEMA app;
CREATE TABLE app.t (id integer PRIMARY KEY, v text);
COMMENT ON COLUMN app.t.v IS 'a value';
INSERT INTO app.t VALUES (1, 'x');
