-- differences: 1
CREATE SCHEMA app;
CREATE DOMAIN app.d AS text;
COMMENT ON DOMAIN app.d IS 'a value';
CREATE TABLE app.t (id integer GENERATED ALWAYS AS IDENTITY, v app.d);
INSERT INTO app.t (v) VALUES ('x'), ('y');
