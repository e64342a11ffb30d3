CREATE SCHEMA app;
CREATE FUNCTION app.f(integer, integer) RETURNS SETOF integer LANGUAGE internal STRICT AS $$generate_series_int4$$;
