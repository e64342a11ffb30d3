-- differences: 1
CREATE SCHEMA app;
CREATE DOMAIN app.d AS varchar(30);
CREATE TABLE app.t (id integer GENERATED ALWAYS AS IDENTITY, v app.d);
INSERT INTO app.t (v) VALUES ('x'), ('y');
