-- differences: 2
CREATE SCHEMA app;
CREATE FUNCTION app.f(a integer, b varchar) RETURNS integer LANGUAGE sql AS 'SELECT a';
