-- differences: 1
CREATE SCHEMA app;
CREATE FUNCTION app.f(internal) RETURNS internal LANGUAGE c AS '$libdir/dict_snowball', 'dsnowball_lexize';
