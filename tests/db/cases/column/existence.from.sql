CREATE SCHEMA app;
CREATE TABLE app.t (id integer PRIMARY KEY, gone integer);
ALTER TABLE app.t DROP COLUMN gone;
INSERT INTO app.t VALUES (1), (2);
