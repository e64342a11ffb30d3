CREATE SCHEMA app;
CREATE TABLE app.other (id integer);
CREATE SEQUENCE app.zz;
CREATE FUNCTION app.zf() RETURNS bigint LANGUAGE sql AS $$SELECT nextval('app.zz')$$;
CREATE DOMAIN app.a AS bigint DEFAULT nextval('app.zz');
CREATE DOMAIN app.b AS bigint DEFAULT app.zf();
CREATE TABLE app.t (id app.a, v app.b);
INSERT INTO app.t VALUES (1, 2);
