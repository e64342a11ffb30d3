CREATE SCHEMA app;
CREATE FUNCTION app.f(a integer, b text DEFAULT 'x, y') RETURNS integer LANGUAGE sql AS 'SELECT a';
