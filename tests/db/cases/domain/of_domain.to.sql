CREATE SCHEMA app;
CREATE DOMAIN app.inner AS varchar(40) CHECK (VALUE <> '');
CREATE DOMAIN app.outer AS app.inner NOT NULL DEFAULT 'none' CHECK (VALUE <> 'x');
CREATE TABLE app.t (id integer, v app.outer, w app.inner[]);
INSERT INTO app.t VALUES (1, 'a', '{b,c}');
