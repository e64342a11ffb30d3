-- differences: 1
CREATE SCHEMA app;
CREATE FUNCTION app.f(a integer, b text) RETURNS integer LANGUAGE sql AS $$SELECT /* $function$ $functionx */ a + 1 -- it's; \back
$$;
