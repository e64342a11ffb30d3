-- differences: 1
CREATE SCHEMA app;
CREATE FUNCTION app.f("a ""b, c" integer) RETURNS integer LANGUAGE sql AS $$SELECT 1$$;
