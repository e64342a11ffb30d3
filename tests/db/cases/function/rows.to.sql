-- differences: 1
CREATE SCHEMA app;
CREATE FUNCTION app.f(a integer) RETURNS SETOF integer LANGUAGE sql ROWS 5 AS 'SELECT a';
