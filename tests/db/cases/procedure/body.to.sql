-- differences: 1
CREATE SCHEMA app;
CREATE PROCEDURE app.p(a integer, b text) LANGUAGE plpgsql AS $$
BEGIN
    COMMIT; -- $procedure$
END
$$;
