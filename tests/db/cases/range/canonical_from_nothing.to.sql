-- differences: 2
CREATE SCHEMA app;
CREATE TYPE app.r;
CREATE FUNCTION app.canon(app.r) RETURNS app.r LANGUAGE internal IMMUTABLE STRICT AS 'int4range_canonical';
CREATE TYPE app.r AS RANGE (SUBTYPE = integer, CANONICAL = app.canon);
