CREATE SCHEMA app;
CREATE FUNCTION app.f(a integer, b text) RETURNS integer LANGUAGE sql SET statement_timeout = 0 SET timezone = 'Europe/Zurich' AS 'SELECT a';
