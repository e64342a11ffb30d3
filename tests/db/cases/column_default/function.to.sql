-- differences: 3
CREATE SCHEMA app;
CREATE FUNCTION app.g() RETURNS integer LANGUAGE sql AS 'SELECT 2';
CREATE TABLE app.t (id integer PRIMARY KEY, v integer DEFAULT app.g());
INSERT INTO app.t VALUES (1, 3);
