-- differences: 1
CREATE SCHEMA app;
SET check_function_bodies = off;
CREATE FUNCTION app.f(a integer, b text) RETURNS integer LANGUAGE plpgsql AS 'SELECT a';
