CREATE SCHEMA app;
CREATE FUNCTION app.f(a integer, b text) RETURNS integer LANGUAGE sql SET search_path = app, pg_temp AS 'SELECT a';
