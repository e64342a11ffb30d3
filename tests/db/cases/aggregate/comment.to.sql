-- differences: 1
CREATE SCHEMA app;
CREATE AGGREGATE app.a(integer) (SFUNC = int4pl, STYPE = integer);
COMMENT ON AGGREGATE app.a(integer) IS 'sum';
