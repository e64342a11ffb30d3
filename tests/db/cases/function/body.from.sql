CREATE SCHEMA app;
CREATE FUNCTION app.f(a integer, b text) RETURNS integer LANGUAGE sql AS 'SELECT a';
