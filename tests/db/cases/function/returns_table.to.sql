-- differences: 1
CREATE SCHEMA app;
CREATE FUNCTION app.f() RETURNS TABLE (a integer, "c c" text) LANGUAGE sql AS $$SELECT 1, 'x'::text$$;
