-- differences: 1
CREATE SCHEMA app;
CREATE FUNCTION app.f(integer, integer) RETURNS SETOF integer LANGUAGE internal STRICT SUPPORT generate_series_int4_support AS $$generate_series_int4$$;
