-- differences: 2
CREATE SCHEMA app;
CREATE FUNCTION app.f(a integer, OUT b integer, OUT c text) LANGUAGE sql AS $$SELECT 1, NULL::text$$;
