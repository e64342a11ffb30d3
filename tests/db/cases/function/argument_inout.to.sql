-- differences: 1
CREATE SCHEMA app;
CREATE FUNCTION app.f(INOUT a integer) RETURNS integer LANGUAGE sql AS $$SELECT 1$$;
