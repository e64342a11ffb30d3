-- differences: 1
CREATE SCHEMA app;
CREATE FUNCTION app.f(a integer, c text) RETURNS integer LANGUAGE sql AS 'SELECT a';
