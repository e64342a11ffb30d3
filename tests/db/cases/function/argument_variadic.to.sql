-- differences: 1
CREATE SCHEMA app;
CREATE FUNCTION app.f(a text, VARIADIC b integer[]) RETURNS integer LANGUAGE sql AS $$SELECT 1$$;
