-- differences: 3
CREATE SCHEMA app;
CREATE FUNCTION app.gap(x numeric, y numeric) RETURNS double precision LANGUAGE sql IMMUTABLE AS 'SELECT (x - y)::double precision';
CREATE TYPE app.r AS RANGE (SUBTYPE = numeric, SUBTYPE_DIFF = app.gap, MULTIRANGE_TYPE_NAME = app.many);
CREATE TYPE app.texts AS RANGE (SUBTYPE = text, COLLATION = "C", SUBTYPE_OPCLASS = text_pattern_ops);
COMMENT ON TYPE app.r IS 'from, to';
