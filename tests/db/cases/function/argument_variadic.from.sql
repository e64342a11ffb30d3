CREATE SCHEMA app;
CREATE FUNCTION app.f(a text, b integer[]) RETURNS integer LANGUAGE sql AS $$SELECT 1$$;
