CREATE SCHEMA app;
CREATE TABLE app.other (id integer);
CREATE FUNCTION app.before() RETURNS SETOF app.other LANGUAGE plpgsql AS $$BEGIN RETURN QUERY SELECT * FROM app.zz; END$$;
CREATE TABLE app.zz (id integer, v text);
CREATE FUNCTION app.name_of(app.zz) RETURNS text LANGUAGE sql STABLE AS 'SELECT $1.v';
CREATE FUNCTION app.all_of(VARIADIC app.zz[]) RETURNS TABLE (z app.zz) LANGUAGE plpgsql AS 'BEGIN END';
INSERT INTO app.zz VALUES (1, 'x');
