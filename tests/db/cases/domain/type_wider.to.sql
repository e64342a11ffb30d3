-- differences: 1
CREATE SCHEMA app;
CREATE DOMAIN app.d AS bigint;
CREATE TABLE app.t (id integer GENERATED ALWAYS AS IDENTITY, v app.d);
INSERT INTO app.t (v) VALUES (1), (2), (NULL);
