-- differences: 2
CREATE SCHEMA app;
CREATE PROCEDURE app.f(a integer) LANGUAGE plpgsql AS $$BEGIN END$$;
