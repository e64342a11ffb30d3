CREATE SCHEMA app;
CREATE FUNCTION app.f() RETURNS integer LANGUAGE sql AS 'SELECT 7';
CREATE DOMAIN app.d AS integer DEFAULT app.f();
CREATE TABLE app.t (id integer, v app.d);
INSERT INTO app.t (id) VALUES (1);
