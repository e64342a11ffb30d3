-- differences: 1
CREATE SCHEMA app;
CREATE TABLE app.t (id integer PRIMARY KEY, v text);
ALTER TABLE app.t ALTER COLUMN v SET STORAGE EXTERNAL;
INSERT INTO app.t VALUES (1, 'x');
