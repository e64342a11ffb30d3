-- differences: 1
-- loses: app.t.v
CREATE SCHEMA app;
CREATE DOMAIN app.d AS text;
CREATE TABLE app.t (id integer GENERATED ALWAYS AS IDENTITY, v app.d);
INSERT INTO app.t (v) VALUES (1), (2), (NULL);
