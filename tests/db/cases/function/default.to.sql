-- differences: 1
CREATE SCHEMA app;
CREATE FUNCTION app.f(a integer, b text DEFAULT 'it''s' || now()::text) RETURNS integer LANGUAGE sql AS 'SELECT a';
