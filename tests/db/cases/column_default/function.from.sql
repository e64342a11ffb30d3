CREATE SCHEMA app;
CREATE FUNCTION app.f() RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE TABLE app.t (id integer PRIMARY KEY, v integer DEFAULT app.f());
INSERT INTO app.t VALUES (1, 3);
