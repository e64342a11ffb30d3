-- differences: 1
CREATE SCHEMA app;
CREATE FUNCTION app.f(a integer, OUT b smallint) LANGUAGE sql AS $$SELECT 1$$;
