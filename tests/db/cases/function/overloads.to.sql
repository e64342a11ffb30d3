-- differences: 3
CREATE SCHEMA app;
CREATE FUNCTION app.f(a integer, b text) RETURNS integer LANGUAGE sql AS 'SELECT a';
CREATE FUNCTION app.f() RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION app.f(VARIADIC text[]) RETURNS integer LANGUAGE sql AS 'SELECT 2';
CREATE FUNCTION app.f(a bigint, b double precision, c timestamp with time zone) RETURNS integer LANGUAGE sql AS 'SELECT 3';
