CREATE SCHEMA app;
CREATE FUNCTION app.f(a integer, OUT b integer) LANGUAGE sql AS $$SELECT 1$$;
