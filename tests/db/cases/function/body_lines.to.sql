-- differences: 1
CREATE SCHEMA app;
CREATE FUNCTION app.f() RETURNS void LANGUAGE plpgsql AS E'BEGIN\n\tNULL;\n\n  END; ';
