CREATE SCHEMA app;
CREATE DOMAIN app.d AS integer CONSTRAINT small CHECK (VALUE < 100);
CREATE DOMAIN app.e AS app.d NOT NULL;
CREATE TABLE app.t (id integer PRIMARY KEY, v app.d[], w app.e);
INSERT INTO app.t VALUES (1, '{1,2}', 3);
