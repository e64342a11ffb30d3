-- differences: 1
CREATE SCHEMA app;
CREATE FUNCTION app.f(a integer, b text) RETURNS integer LANGUAGE sql PARALLEL RESTRICTED AS 'SELECT a';
