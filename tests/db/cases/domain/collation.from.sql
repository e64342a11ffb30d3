CREATE SCHEMA app;
CREATE DOMAIN app.d AS text;
CREATE TABLE app.t (id integer GENERATED ALWAYS AS IDENTITY, v app.d);
INSERT INTO app.t (v) VALUES ('x'), ('y');
