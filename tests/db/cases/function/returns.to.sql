-- differences: 1
CREATE SCHEMA app;
CREATE FUNCTION app.f(a integer, b text) RETURNS bigint LANGUAGE sql AS 'SELECT a';
