-- differences: 1
CREATE SCHEMA app;
CREATE FUNCTION app.f(a integer, b text) RETURNS integer LANGUAGE sql AS 'SELECT a';
COMMENT ON FUNCTION app.f(integer, text) IS 'it''s a
function';
