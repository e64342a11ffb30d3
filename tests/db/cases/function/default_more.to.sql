-- differences: 1
CREATE SCHEMA app;
CREATE FUNCTION app.f(a integer DEFAULT 1, b text DEFAULT NULL) RETURNS integer LANGUAGE sql AS 'SELECT a';
