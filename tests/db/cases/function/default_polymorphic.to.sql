-- differences: 1
CREATE SCHEMA app;
CREATE FUNCTION app.f(a anyelement DEFAULT 'x'::text) RETURNS anyelement LANGUAGE sql AS $$SELECT $1$$;
